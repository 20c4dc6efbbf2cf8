import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join, relative } from 'node:path'
import { killAll, ownerName, removeGroup, tryWrite, unifiedRoot } from '../cgroup.ts'

/** The cgroup of one run. */
export interface Leaf {
  /** Ends all that is in it. */
  kill(): void
  /** Ends what is still there; resolves to whether all of it is gone, within a bound. To be called once, as the last. */
  retire(): Promise<boolean>
}

/**
 * A cgroup for each run, made so that nobody has to be moved into it: the spawner stands in an empty one, where a script is
 * born beside it, and then steps into the next. Writing the pid of a script after its start would be too late for what it
 * forked until then. An emptied cgroup is used again.
 */
export interface Leaves {
  /** Whether `maxProcesses` is held. */
  readonly limited: boolean
  /**
   * Leaves what was just started behind, in the cgroup in which it was born.
   * @throws when the next one cannot be entered: nothing may be started or killed any more
   */
  stepOn(): Leaf
  /** Ends all, goes back to where we came from and removes what it made. */
  close(): Promise<void>
}

interface Group {
  readonly path: string
  readonly procs: number
  readonly events: number
  /** Absent before Linux 5.14. */
  readonly kill: number | undefined
}

/** @throws when no cgroups can be made below `base` */
export const createLeaves = async (base: string, maxProcesses: number): Promise<Leaves> => {
  const home = homeGroup()
  const subtree = join(base, ownerName(process.pid))
  mkdirSync(subtree, { recursive: true, mode: 0o755 })
  const limited = pathTo(subtree).map(enablePids).at(-1) === true
  const pool = createPool(subtree, limited ? maxProcesses : undefined)
  const enter = (group: Group): Group => {
    writeSync(group.procs, '0')
    return group
  }
  let here = enter(pool.take())

  return {
    limited,
    stepOn() {
      const left = here
      here = enter(pool.take())
      return { kill: () => kill(left), retire: () => pool.giveBack(left) }
    },
    async close() {
      // where we cannot go back to, e.g. outside of a cgroup namespace, the last group stays for the next sweep
      const isHome = tryWrite(join(home, 'cgroup.procs'), '0')
      const left = pool.all().filter((group) => isHome || group !== here)
      await Promise.all(left.map(remove))
      removeGroup(subtree)
    },
  }
}

/** Groups that are made when there is none that is empty. */
const createPool = (subtree: string, maxProcesses: number | undefined) => {
  const all: Group[] = []
  const free: Group[] = []
  /** Somebody in them could not be killed yet. */
  const stuck = new Set<Group>()

  const make = (): Group => {
    const path = join(subtree, `r-${all.length}`)
    mkdirSync(path, { mode: 0o755 })
    if (maxProcesses !== undefined) tryWrite(join(path, 'pids.max'), String(maxProcesses))
    const group = openGroup(path)
    all.push(group)
    return group
  }
  return {
    all: (): readonly Group[] => all,
    take(): Group {
      const group = free.pop() ?? [...stuck].find(isEmpty) ?? make()
      stuck.delete(group)
      return group
    },
    /** Resolves to whether nobody is left in it, when that is so or has been waited for long enough. */
    async giveBack(group: Group): Promise<boolean> {
      const isDone = isEmpty(group) || (await emptied(group))
      if (isDone) free.push(group)
      else stuck.add(group)
      return isDone
    },
  }
}

const homeGroup = (): string => {
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'
  return join(unifiedRoot() ?? '/', own)
}

/** Every group from the root of the hierarchy down to this one. */
const pathTo = (group: string): readonly string[] => {
  const root = unifiedRoot() ?? '/'
  const names = relative(root, group).split('/')
  return ['', ...names].map((_, depth) => join(root, ...names.slice(0, depth)))
}

/** Whether the groups below may be limited in their number of processes. */
const enablePids = (group: string): boolean => {
  tryWrite(join(group, 'cgroup.subtree_control'), '+pids')
  return readFileSync(join(group, 'cgroup.subtree_control'), 'latin1').split(/\s/).includes('pids')
}

const openGroup = (path: string): Group => {
  const killFile = join(path, 'cgroup.kill')
  return {
    path,
    procs: openSync(join(path, 'cgroup.procs'), 'r+'),
    events: openSync(join(path, 'cgroup.events'), 'r'),
    kill: existsSync(killFile) ? openSync(killFile, 'w') : undefined,
  }
}

const remove = async (group: Group): Promise<void> => {
  if (!isEmpty(group)) await emptied(group)
  for (const fd of [group.procs, group.events, group.kill]) if (fd !== undefined) closeSync(fd)
  removeGroup(group.path)
}

const kill = ({ path, kill }: Group): void => {
  if (kill === undefined) killAll(path)
  else writeSync(kill, '1')
}

const facts = Buffer.alloc(256)
const isEmpty = ({ events }: Group): boolean =>
  facts.toString('latin1', 0, readSync(events, facts, 0, facts.length, 0)).includes('populated 0')

/** Killed processes need a moment; one in uninterruptible sleep is not waited for. */
const WAITS_MS = [1, 2, 5, 10, 20, 50, 100, 200]

const emptied = async (group: Group): Promise<boolean> => {
  for (const ms of WAITS_MS) {
    kill(group)
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (isEmpty(group)) return true
  }
  return false
}
