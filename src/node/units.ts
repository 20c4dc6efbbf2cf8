import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A running unit of systemd. */
export interface Unit {
  readonly name: string
  /** Path of its cgroup below the root of the hierarchy, with a leading slash. */
  readonly cgroup: string
}

/** Whose a unit's processes are. */
export interface UnitOwner {
  readonly uid: number
  readonly gid: number
}

export interface Units {
  readonly units: readonly Unit[]
  /** The owner of the unit's oldest process; undefined when it has none. */
  ownerOf(unit: Unit): UnitOwner | undefined
}

const MAX_DEPTH = 6

/**
 * The units that run, read from the cgroup tree where systemd keeps one directory for each. No process is started, and
 * what is read cannot hang.
 * @returns undefined where systemd keeps no such tree
 */
export const findUnits = ({ cgroupRoot, procRoot }: { cgroupRoot: string; procRoot: string }): Units | undefined => {
  // cgroup v2; the two trees of a hybrid host
  const root = ['', 'unified', 'systemd']
    .map((name) => join(cgroupRoot, name))
    .find((path) => existsSync(join(path, 'system.slice')))
  if (root === undefined) return undefined
  return { units: [...unitsBelow(root, '/', 0)], ownerOf: ({ cgroup }) => ownerIn(join(root, cgroup), procRoot) }
}

function* unitsBelow(root: string, cgroup: string, depth: number): Generator<Unit> {
  if (depth > MAX_DEPTH) return
  for (const name of directoriesIn(join(root, cgroup))) {
    const path = join(cgroup, name)
    if (name.endsWith('.slice')) yield* unitsBelow(root, path, depth + 1)
    else if (/\.(service|scope)$/.test(name)) yield { name, cgroup: path }
  }
}

// a unit may keep its processes one level down, with its own tree delegated to it
const ownerIn = (directory: string, procRoot: string): UnitOwner | undefined => {
  for (const folder of [directory, ...directoriesIn(directory).map((name) => join(directory, name))]) {
    const pids = readOr(join(folder, 'cgroup.procs'))
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0)
    if (pids.length > 0) return ownerOfPid(Math.min(...pids), procRoot)
  }
  return undefined
}

const ownerOfPid = (pid: number, procRoot: string): UnitOwner | undefined => {
  const status = readOr(join(procRoot, String(pid), 'status'))
  const [uid, gid] = ['Uid', 'Gid'].map((key) => new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

const readOr = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const directoriesIn = (directory: string): string[] => {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry: Dirent) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}
