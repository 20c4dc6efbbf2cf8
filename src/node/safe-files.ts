import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  opendirSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from 'node:fs'
import { ABSENT, createWalker, type Denied, OPEN, OPEN_DIRECTORY, refused, type Walker } from './walk.ts'

export type FileKind = 'file' | 'directory' | 'link' | 'other'
export type FileRead =
  | { readonly status: 'read'; readonly path: string; readonly stats: Stats; readonly bytes: Buffer }
  | Denied
export type FileFound = { readonly status: 'found'; readonly path: string; readonly stats: Stats } | Denied
export type Listing =
  | {
      readonly status: 'listed'
      readonly entries: readonly { readonly name: string; readonly kind: FileKind }[]
      readonly cut: boolean
    }
  | Denied

/** A directory whose content belongs to someone who may be hostile. Paths are relative to it; nothing here throws. */
export interface Tree {
  /**
   * Reads a regular file of at most `maxBytes`. `path` in the answer is absolute and free of links.
   * @param listed a listing has just called it a 'file', which saves a look
   */
  read(path: string, maxBytes: number, listed?: 'file'): FileRead
  /** Says what a path leads to, without opening it. */
  find(path: string): FileFound
  /** Lists at most `max` entries, sorted by name; '' is the tree itself. */
  list(path: string, max: number): Listing
}

/**
 * Opens a tree for the time of one call. Every step below `root` is taken from an open directory to one name in it
 * (openat(2) by way of /proc/self/fd), never through a link: links are read and followed by hand, and only inside the tree.
 * @param root absolute; how it is reached is trusted
 * @param owner whose files these are: a file with several names must be readable by him, else a hard link would
 *   let him have what only we can read
 * @throws an error of the system when `root` cannot be opened as a directory
 */
export const withTree = <T>(
  root: string,
  owner: { readonly uid: number; readonly gid: number },
  use: (tree: Tree) => T,
): T => {
  const rootFd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  const walker = createWalker(root.replace(/\/+$/, ''), rootFd)
  try {
    return use({
      read: (path, maxBytes, listed) => guarded(() => readAt(walker, path, { maxBytes, owner, listed })),
      find: (path) => guarded(() => walker.locate(path)),
      list: (path, max) => guarded(() => listAt(walker, path, max)),
    })
  } finally {
    walker.close()
  }
}

const MAX_FOLDERS = 256

/** Names of the directories in a directory, sorted; links and hidden ones left out. */
export const foldersIn = (tree: Tree, path: string): readonly string[] => {
  const listing = tree.list(path, MAX_FOLDERS)
  if (listing.status !== 'listed') return []
  return listing.entries
    .filter(({ kind, name }) => kind === 'directory' && !name.startsWith('.'))
    .map(({ name }) => name)
}

interface ReadOptions {
  readonly maxBytes: number
  readonly owner: { readonly uid: number; readonly gid: number }
  readonly listed: 'file' | undefined
}

const readAt = (walker: Walker, path: string, { maxBytes, owner, listed }: ReadOptions): FileRead => {
  const spot = listed ? walker.enter(path) : walker.locate(path)
  if (spot.status !== 'found' && spot.status !== 'entered') return spot
  // nothing but a file is opened: opening may already do something to its other end
  if (spot.status === 'found' && !spot.stats.isFile()) return refused('a regular file', nameOfKind(spot.stats))
  const fd = openSync(walker.at(spot.name), OPEN)
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) return refused('a regular file', nameOfKind(stats))
    if (stats.nlink > 1 && !mayRead(owner, stats)) return refused('a file of the gear', 'a hard link to a foreign file')
    const bytes = stats.size > maxBytes ? undefined : readWhole(fd, stats.size)
    if (!bytes) return refused(`at most ${maxBytes} bytes`, `${stats.size} bytes or more`)
    return { status: 'read', path: spot.path, stats, bytes }
  } finally {
    closeSync(fd)
  }
}

const mayRead = ({ uid, gid }: { uid: number; gid: number }, { uid: owner, gid: group, mode }: Stats): boolean =>
  uid === owner || (gid === group ? (mode & 0o040) !== 0 : (mode & 0o004) !== 0)

/** @returns undefined when there is more than `size` bytes: someone is writing */
const readWhole = (fd: number, size: number): Buffer | undefined => {
  const buffer = Buffer.allocUnsafe(size + 1)
  let length = 0
  let count = 0
  do {
    count = readSync(fd, buffer, length, buffer.length - length, null)
    length += count
  } while (count > 0 && length < size)
  return length > size ? undefined : buffer.subarray(0, length)
}

/** A directory of at most so many bytes is read whole, which costs a third; what has more could fill our memory. */
const SMALL_DIRECTORY_BYTES = 65_536

const listAt = (walker: Walker, path: string, max: number): Listing => {
  const spot = walker.locate(path)
  if (spot.status !== 'found') return spot
  if (!spot.stats.isDirectory()) return ABSENT
  const fd = openSync(walker.at(spot.name), OPEN_DIRECTORY)
  try {
    const place = `/proc/self/fd/${fd}`
    const small = fstatSync(fd).size <= SMALL_DIRECTORY_BYTES
    const found = small ? readdirSync(place, { withFileTypes: true }) : readSome(place, max + 1)
    const entries = found.slice(0, max).map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    return { status: 'listed', entries, cut: found.length > max }
  } finally {
    closeSync(fd)
  }
}

const readSome = (path: string, max: number): Dirent[] => {
  const directory = opendirSync(path)
  try {
    const entries: Dirent[] = []
    for (let entry = directory.readSync(); entry && entries.length < max; entry = directory.readSync())
      entries.push(entry)
    return entries
  } finally {
    directory.closeSync()
  }
}

const kindOf = (entry: Dirent | Stats): FileKind => {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

const KIND_NAMES = {
  file: 'a regular file',
  directory: 'a directory',
  link: 'a link',
  other: 'a FIFO, socket or device',
}
const nameOfKind = (stats: Stats): string => KIND_NAMES[kindOf(stats)]

const guarded = <T>(use: () => T | Denied): T | Denied => {
  try {
    return use()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === undefined) throw thrown
    return code === 'ENOENT' || code === 'ENOTDIR' ? ABSENT : refused('something readable', code)
  }
}
