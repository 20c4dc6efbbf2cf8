import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { check } from '../../config/problems.ts'
import { parseYaml } from '../../config/yaml.ts'
import { ConfigError, messageOf, type Problem } from '../../errors.ts'
import { type GearIdentity, type GearProblem, type GearSource, gearProblem, type Script } from '../gear.ts'
import { isLabelName } from '../metadata-spec.ts'
import type { Passwd, PasswdEntry } from '../passwd.ts'
import { type StaticGear, staticGearSchema } from '../static-schema.ts'
import type { Units } from '../units.ts'

/** What a file may refer to; each is read at most once a round. */
export interface Surroundings {
  readonly passwd: () => Passwd
  readonly findUnits: () => Units | undefined
}

const MAX_FILE_BYTES = 1_048_576

/**
 * Gears that an admin wrote down: each file of a directory holds one, or a list. What is wrong with an entry costs only
 * that entry, what is wrong with a file only that file. A missing directory means none.
 */
export const staticSource = (directory: string, surroundings: Surroundings): GearSource => ({
  name: 'static',
  async list() {
    const gears: GearIdentity[] = []
    const problems: GearProblem[] = []
    const files = filesIn(directory)
    const lookUp = { passwd: once(surroundings.passwd), findUnits: once(surroundings.findUnits) }
    for (const file of files) {
      for (const [place, document] of documentsIn(file, problems)) {
        const gear = attempt(problems, place, () => identityOf(check(staticGearSchema, document, place), place, lookUp))
        if (gear) gears.push(gear)
      }
    }
    return { gears, problems }
  },
})

const once = <T>(read: () => T): (() => T) => {
  let known: { readonly value: T } | undefined
  return () => {
    known ??= { value: read() }
    return known.value
  }
}

const filesIn = (directory: string): string[] => {
  try {
    const names = readdirSync(directory).filter((name) => /^[^.].*\.ya?ml$/.test(name))
    return names.sort().map((name) => join(directory, name))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw thrown
  }
}

const documentsIn = (file: string, problems: GearProblem[]): [place: string, document: unknown][] => {
  const read = (): unknown => {
    const stats = statSync(file)
    if (stats.isFile() && stats.size <= MAX_FILE_BYTES) return parseYaml(readFileSync(file, 'utf8'), file) ?? []
    throw new ConfigError([
      { place: file, expected: `a file of at most ${MAX_FILE_BYTES} bytes`, got: `${stats.size} bytes` },
    ])
  }
  const document = attempt(problems, file, read) ?? []
  return Array.isArray(document) ? document.map((item, index) => [`${file}: [${index}]`, item]) : [[file, document]]
}

const attempt = <T>(problems: GearProblem[], place: string, use: () => T): T | undefined => {
  try {
    return use()
  } catch (thrown) {
    const found =
      thrown instanceof ConfigError ? thrown.problems : [{ place, expected: 'a gear in YAML', got: messageOf(thrown) }]
    problems.push(...found.map((problem) => gearProblem('static-invalid', problem)))
    return undefined
  }
}

/**
 * @returns undefined for a unit that does not run now, when only it could tell the uid
 * @throws ConfigError with all that the schema cannot see
 */
const identityOf = (gear: StaticGear, place: string, { passwd, findUnits }: Surroundings): GearIdentity | undefined => {
  const users = passwd()
  const faults = faultsOf(gear, place, users)
  if (faults.length > 0) throw new ConfigError(faults)
  const unitName = gear.unit && (/\.(service|scope)$/.test(gear.unit) ? gear.unit : `${gear.unit}.service`)
  const running = unitName === undefined ? undefined : findUnits()
  const unit = running?.units.find(({ name }) => name === unitName)
  const owner = ownerOf(gear, users) ?? (unit && running?.ownerOf(unit))
  if (!owner) return undefined
  const user = gear.user ?? users.byUid(owner.uid)?.name
  const cgroup = gear.cgroup ?? unit?.cgroup ?? (unitName && `/system.slice/${unitName}`)
  const home = gear.home?.replace(/(?<=.)\/+$/, '')
  return {
    id: gear.id,
    source: 'static',
    ...(user === undefined ? {} : { user }),
    uid: owner.uid,
    gid: gear.gid ?? owner.gid,
    ...(home === undefined ? {} : { home }),
    ...(cgroup === undefined ? {} : { cgroup }),
    labels: new Map(Object.entries(gear.labels)),
    scripts: scriptsOf(gear, home ?? '/'),
  }
}

const ownerOf = ({ user, uid }: StaticGear, users: Passwd): Pick<PasswdEntry, 'uid' | 'gid'> | undefined => {
  if (user !== undefined) return users.byName(user)
  return uid === undefined ? undefined : { uid, gid: users.byUid(uid)?.gid ?? uid }
}

const faultsOf = ({ user, uid, unit, labels }: StaticGear, place: string, users: Passwd): Problem[] => {
  const faults: Problem[] = []
  const fault = (key: string, expected: string, got: string): void =>
    void faults.push({ place: `${place}: ${key}`, expected, got })
  if (user !== undefined && uid !== undefined) fault('user', 'either user or uid', 'both')
  if (user === undefined && uid === undefined && unit === undefined) fault('user', 'user, uid or unit', 'none of them')
  if (user !== undefined && !users.byName(user)) fault('user', 'a user of this node', user)
  for (const name of Object.keys(labels)) {
    if (name === 'gear' || !isLabelName(name)) fault('labels', 'names of labels that are not our own', name)
  }
  return faults
}

const scriptsOf = ({ metrics, scripts }: StaticGear, cwd: string): Script[] =>
  [...(metrics === undefined ? [] : [metrics]), ...scripts].map((script) => {
    const { path, args, cart } = typeof script === 'string' ? { path: script, args: [], cart: undefined } : script
    return {
      kind: cart === undefined ? 'hook' : 'cartridge',
      ...(cart === undefined ? {} : { cart }),
      path,
      args,
      cwd,
      // the lister fills it with what all gears share
      environment: new Map(),
      declarations: new Map(),
    }
  })
