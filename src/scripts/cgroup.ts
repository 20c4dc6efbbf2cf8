import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync, rmdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Where the unified (v2) hierarchy is mounted, alone or beside v1; undefined without one. */
export const unifiedRoot = (mountinfo = '/proc/self/mountinfo'): string | undefined => {
  for (const line of readFileSync(mountinfo, 'utf8').split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    if (after.startsWith('cgroup2 ')) return before.split(' ')[4]
  }
  return undefined
}

/**
 * Names the one process that may use a subtree. A pid alone is given again, and means something else in another pid
 * namespace, which may see the same hierarchy.
 */
export const ownerName = (pid: number): string => `${pidNamespace()}-${pid}-${startTimeOf(pid) ?? '?'}`

const pidNamespace = (): string => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')

/** Clock ticks from boot to the start of a living process, which tells it from later ones with its pid. */
const startTimeOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // the second field may hold blanks and brackets
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return 'ZX'.includes(state) ? undefined : fields[18]
  } catch {
    return undefined
  }
}

/** An owner of this pid namespace that is gone; what is left of others is not ours to judge. */
const isOrphan = (name: string): boolean => {
  const [namespace, pid] = name.split('-')
  return namespace === pidNamespace() && name !== ownerName(Number(pid))
}

/**
 * Kills and removes what spawners that are gone have left below `base`.
 * @returns how many subtrees were found
 */
export const sweep = async (base: string): Promise<number> => {
  const orphans = namesIn(base).filter(isOrphan)
  await Promise.all(orphans.map((name) => remove(join(base, name))))
  return orphans.length
}

const REMOVE_TRIES = 50
const TRY_AGAIN_MS = 20

const remove = async (subtree: string): Promise<void> => {
  for (let tries = 0; tries < REMOVE_TRIES; tries += 1) {
    const leaves = namesIn(subtree).map((name) => join(subtree, name))
    for (const leaf of leaves) killAll(leaf)
    if ([...leaves, subtree].every(removeGroup)) return
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
}

/** Whether it is gone; it cannot be removed as long as somebody is in it. */
export const removeGroup = (group: string): boolean => {
  try {
    rmdirSync(group)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** Ends every process of a group, also those it forks meanwhile. */
export const killAll = (group: string): void => {
  if (tryWrite(join(group, 'cgroup.kill'), '1')) return
  killOneByOne(group)
}

const ROUNDS = 20

/** For Linux before 5.14, without cgroup.kill: held still, where it can be, a group cannot fork faster than it is killed. */
export const killOneByOne = (group: string): void => {
  const isFrozen = tryWrite(join(group, 'cgroup.freeze'), '1')
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = pidsIn(group)
    for (const pid of pids) tryKill(pid)
    if (pids.length === 0 || isFrozen) break
  }
  if (isFrozen) tryWrite(join(group, 'cgroup.freeze'), '0')
}

export const pidsIn = (group: string): readonly number[] => {
  try {
    const text = readFileSync(join(group, 'cgroup.procs'), 'latin1')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map(Number)
  } catch {
    return []
  }
}

export const tryWrite = (path: string, text: string): boolean => {
  try {
    // cgroup.kill cannot be opened for reading
    const fd = openSync(path, constants.O_WRONLY)
    try {
      writeSync(fd, text)
    } finally {
      closeSync(fd)
    }
    return true
  } catch {
    return false
  }
}

// 0 stands for a process that this pid namespace cannot see
const tryKill = (pid: number): void => {
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL')
  } catch {
    // it ended by itself
  }
}

/** Only directories: everything else in a group is an interface file. */
const namesIn = (group: string): readonly string[] => {
  try {
    return readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return []
  }
}
