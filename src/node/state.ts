import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Gear, type GearState, gearStates } from './gear.ts'
import type { Tree } from './safe-files.ts'

/** Why a gear may be left alone. */
export type RestReason = NonNullable<Gear['resting']>

const MAX_STATE_BYTES = 64

/** `app-root/runtime/.state`: one word; what cannot be read, or is no known word, is 'unknown'. */
export const readState = (tree: Tree): GearState => {
  const file = tree.read('app-root/runtime/.state', MAX_STATE_BYTES)
  const word = file.status === 'read' ? file.bytes.toString('latin1').trim().toLowerCase() : ''
  return gearStates.find((state) => state === word) ?? 'unknown'
}

/** `app-root/runtime/.stop_lock`: whatever it is, that it is there means stopped on purpose. */
export const hasStopLock = (tree: Tree): boolean => tree.find('app-root/runtime/.stop_lock').status !== 'absent'

/** The files on which someone holds a flock(2) now, as `major:minor:inode` in the way of /proc/locks. */
export const readLocks = (procRoot: string): ReadonlySet<string> => {
  const text = readOr(join(procRoot, 'locks'))
  return new Set([...text.matchAll(/ FLOCK +\S+ +\S+ +-?\d+ ([0-9a-f]+:[0-9a-f]+:\d+) /g)].map(([, file]) => file!))
}

/**
 * Whether the platform holds `gear.<id>` while it creates, destroys, idles or unidles the gear. Such a directory is often
 * open to all, so a lock file that root (or whoever we are) does not own says nothing.
 */
export const isInFlux = (
  id: string,
  { lockDir, locks, ownUid }: { lockDir: string; locks: ReadonlySet<string>; ownUid: number },
): boolean => {
  if (locks.size === 0) return false
  const stats = statSync(join(lockDir, `gear.${id}`), { throwIfNoEntry: false })
  return (
    stats !== undefined && (stats.uid === 0 || stats.uid === ownUid) && locks.has(`${deviceOf(stats.dev)}:${stats.ino}`)
  )
}

/** A device number as the kernel prints it: two hexadecimal numbers of at least two digits. */
const deviceOf = (dev: number): string => {
  const major = (dev >>> 8) & 0xfff
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00)
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':')
}

/** Whether a cgroup is frozen, in cgroup v2 or by the freezer of v1. */
export const isFrozen = (cgroupRoot: string, cgroup: string): boolean => {
  const unified = ['', 'unified'].some((root) =>
    /^frozen 1$/m.test(readOr(join(cgroupRoot, root, cgroup, 'cgroup.events'))),
  )
  return unified || /^(FROZEN|FREEZING)$/m.test(readOr(join(cgroupRoot, 'freezer', cgroup, 'freezer.state')))
}

const readOr = (file: string): string => {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8') : ''
  } catch {
    return ''
  }
}
