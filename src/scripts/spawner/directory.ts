import { closeSync, constants, lstatSync, openSync, readlinkSync } from 'node:fs'
import type { Who } from '../script-run.ts'

/** O_PATH, which Node.js does not name; the same on every architecture that it runs on. */
const O_PATH = 0o10000000

const X = { owner: 0o100, group: 0o010, other: 0o001 }

/**
 * Opens the directory that a script is to start in, as root, for a gear that could certainly get there itself. A tenant may put a
 * link in its place: entered as root, it could lead below a directory that is closed to the gear.
 * @returns undefined when only the kernel could tell, as with access by a group
 * @throws an error of the file system: it is not there, or no directory
 */
export const openDirectoryFor = (path: string, who: Who): number | undefined => {
  const fd = openSync(path, O_PATH | constants.O_DIRECTORY)
  // what is open stays what it is, whatever happens to its name
  if (isReachable(readlinkSync(`/proc/self/fd/${fd}`), who)) return fd
  closeSync(fd)
  return undefined
}

const isReachable = (path: string, who: Who): boolean => {
  const names = path.split('/').filter((name) => name !== '')
  return ['', ...names].every((_, depth) => mayEnter(`/${names.slice(0, depth).join('/')}`, who))
}

const mayEnter = (path: string, { uid, gid }: Who): boolean => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return false
  if (stats.uid === uid) return (stats.mode & X.owner) !== 0
  return (stats.mode & X.other) !== 0 && (stats.gid !== gid || (stats.mode & X.group) !== 0)
}
