import { existsSync, lstatSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  createEnvReader,
  type Environment,
  type EnvironmentLimits,
  readSystemEnvironment,
} from '../../node/env-files.ts'
import { controlEnvironment, type EnvironmentParts, readEnvironment, withLogin } from '../../node/environment.ts'
import type { GearIdentity, GearProblem } from '../../node/gear.ts'
import { readPasswd } from '../../node/passwd.ts'
import type { Tree } from '../../node/safe-files.ts'

/** Where a cartridge lies: in the home of a gear, or alone as its author has it. */
export interface Place {
  readonly directory: string
  readonly inGear: boolean
  /** Beyond it no link leads: the home, or of a cartridge that is alone its own directory. */
  readonly root: string
  /** The cartridge's path in `root`. */
  readonly folder: string
  /** Owner of the cartridge's files. */
  readonly owner: { readonly uid: number; readonly gid: number }
  /** Whom its script runs as. */
  readonly identity: GearIdentity & { readonly home: string }
}

/** @param directory absolute and free of links */
export const placeOf = (directory: string, minUid: number): Place => {
  const [home, folder] = [dirname(directory), basename(directory)]
  const owner = statSync(directory)
  const inGear = lstatSync(join(home, '.env'), { throwIfNoEntry: false })?.isDirectory() ?? false
  const who = whoRuns(owner, minUid)
  const user = existsSync(PASSWD) ? readPasswd(PASSWD).byUid(who.uid)?.name : undefined
  return {
    directory,
    inGear,
    root: inGear ? home : directory,
    folder: inGear ? folder : '',
    owner,
    identity: {
      id: basename(home),
      source: 'directory',
      ...who,
      ...(user === undefined ? {} : { user }),
      home,
      labels: new Map(),
      scripts: [],
    },
  }
}

const PASSWD = '/etc/passwd'
const NOBODY = 65_534

/** As root a script is run as the owner of its directory, or as nobody where that is not allowed. */
const whoRuns = ({ uid, gid }: Place['owner'], minUid: number): Place['owner'] => {
  if (process.getuid?.() !== 0) return { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
  return uid >= minUid ? { uid, gid: gid || uid } : { uid: NOBODY, gid: NOBODY }
}

export interface EnvironmentOptions {
  readonly limits: EnvironmentLimits
  /** Directory of the variables that all gears share. */
  readonly systemDir: string
  /** What the platform would set for a cartridge that it has installed. */
  readonly platform: Environment
  readonly report: (problem: GearProblem) => void
}

const NONE: Environment = new Map()

/** In a gear what the daemon would give to the script, else the cartridge's own `env/` with what the platform would add. */
export const environmentOf = (tree: Tree, place: Place, options: EnvironmentOptions): Environment => {
  const { limits, systemDir, platform, report } = options
  const { directory, inGear, root, identity } = place
  const env = createEnvReader(tree, { root, limits, report })
  const folder = basename(directory)
  const alone = (): EnvironmentParts => {
    const own = new Map([...platform, ...env('env')])
    return { system: NONE, gear: NONE, user: NONE, published: [], folders: new Map([[folder, own]]) }
  }
  const parts = inGear ? readEnvironment(tree, readSystemEnvironment(systemDir, { limits, report }), env) : alone()
  return withLogin(controlEnvironment(parts, identity.home, folder), identity)
}
