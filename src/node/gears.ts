import { join } from 'node:path'
import { messageOf } from '../errors.ts'
import { readSystemEnvironment } from './env-files.ts'
import { type Gear, type GearIdentity, type GearProblem, type GearSource, gearProblem } from './gear.ts'
import type { GearContext } from './gear-scripts.ts'
import { rememberManifests } from './manifest-memory.ts'
import { type Passwd, parsePasswd, readPasswd } from './passwd.ts'
import { readGear } from './read-gear.ts'
import type { GearSettings } from './settings.ts'
import { directorySource } from './sources/directory.ts'
import { passwdSource } from './sources/passwd.ts'
import { staticSource } from './sources/static.ts'
import { systemdSource } from './sources/systemd.ts'
import { readLocks } from './state.ts'
import { refuseByUid, sharedUids } from './uid-rules.ts'
import { findUnits } from './units.ts'

/** The node as the lister sees it; tests hand in a tree of their own. */
export interface ListerOptions {
  readonly settings: GearSettings
  /** Directory of node.conf; env/ and gears.d/ stand beside it. */
  readonly confDir: string
  readonly nodeName: string
  readonly isRoot: boolean
  /** uid of this process. */
  readonly ownUid: number
  /** Default /etc/passwd. */
  readonly passwdFile?: string
  /** Default /proc. */
  readonly procRoot?: string
  /** Default /sys/fs/cgroup. */
  readonly cgroupRoot?: string
}

export interface GearList {
  readonly gears: readonly Gear[]
  /** What is wrong with a source or an entry that did not become a gear. Those of a gear stand in the gear. */
  readonly problems: readonly GearProblem[]
}

export interface GearLister {
  /** Reads everything afresh. Never throws. */
  list(): Promise<GearList>
}

/** Joins the configured sources, and looks into each gear that they name. One bad gear never costs another. */
export const createGearLister = (options: ListerOptions): GearLister => {
  const { settings, confDir, nodeName, isRoot, ownUid, procRoot = '/proc', cgroupRoot = '/sys/fs/cgroup' } = options
  const sources = createSources(options, { procRoot, cgroupRoot })
  const parse = rememberManifests(settings.manifest)
  const envDir = settings.envDir ?? join(confDir, 'env')

  const readContext = (report: (problem: GearProblem) => void): GearContext => ({
    settings,
    nodeName,
    ownUid,
    cgroupRoot,
    parse,
    system: readSystemEnvironment(envDir, { limits: settings.environment, report }),
    locks: readLocks(procRoot),
  })

  return {
    async list() {
      const { identities, problems } = await collect(sources)
      problems.push(...sharedUids(identities))
      const context = readContext((problem) => problems.push(problem))
      const refusals = refuseByUid(identities, { isRoot, ownUid, minUid: settings.minUid })
      const gears: Gear[] = []
      for (const identity of identities) {
        gears.push(readGear(identity, refusals.get(identity), context))
        // reading a gear takes about a millisecond; others get their turn between two
        await new Promise((resolve) => setImmediate(resolve))
      }
      return { gears, problems }
    },
  }
}

const createSources = (
  { settings, confDir, passwdFile = '/etc/passwd' }: ListerOptions,
  roots: { readonly procRoot: string; readonly cgroupRoot: string },
): readonly GearSource[] => {
  const passwd = (): Passwd => readPasswd(passwdFile)
  // for all but the source passwd, a passwd that cannot be read costs only the names of users
  const names = (): Passwd => {
    try {
      return passwd()
    } catch {
      return parsePasswd('')
    }
  }
  const surroundings = { passwd: names, findUnits: () => findUnits(roots) }
  const all = {
    passwd: passwdSource(settings, passwd),
    directory: directorySource(settings, names),
    static: staticSource(settings.staticDir ?? join(confDir, 'gears.d'), surroundings),
    systemd: systemdSource(settings, surroundings),
  }
  return settings.source === 'auto' ? [all.passwd, all.static, all.systemd] : [all[settings.source]]
}

/** Of two gears with one id the first counts; sources that fail are a problem. */
const collect = async (
  sources: readonly GearSource[],
): Promise<{ identities: GearIdentity[]; problems: GearProblem[] }> => {
  const identities = new Map<string, GearIdentity>()
  const problems: GearProblem[] = []
  for (const source of sources) {
    const listed = await source
      .list()
      .catch((thrown: unknown) => ({ gears: [], problems: [brokenSource(source, thrown)] }))
    problems.push(...listed.problems)
    for (const gear of listed.gears) {
      const first = identities.get(gear.id)
      if (!first) identities.set(gear.id, gear)
      else
        problems.push(
          gearProblem('id-shared', { place: `source ${source.name}`, expected: 'each id once', got: gear.id }),
        )
    }
  }
  return { identities: [...identities.values()], problems }
}

const brokenSource = ({ name }: GearSource, thrown: unknown): GearProblem =>
  gearProblem('source-unreadable', { place: `source ${name}`, expected: 'a list of gears', got: messageOf(thrown) })
