import { closeSync, constants, lstatSync, openSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'

/** Nothing is there, or something that is not to be read: `got` says why. */
export type Denied =
  | { readonly status: 'absent' }
  | { readonly status: 'refused'; readonly expected: string; readonly got: string }

/** What a path leads to, not opened yet. */
export interface Spot {
  readonly status: 'found'
  readonly name: string
  readonly path: string
  readonly stats: Stats
}

export const ABSENT: Denied = { status: 'absent' }
const MAX_LINKS = 16
// O_NONBLOCK: opening a FIFO that was put in place between the look and the open must not wait for its other end
export const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
export const OPEN_DIRECTORY = OPEN | constants.O_DIRECTORY

export const refused = (expected: string, got: string): Denied => ({ status: 'refused', expected, got })

/** Finds its way below an open directory, one name at a time. */
export interface Walker {
  /** Finds a path and leaves the directory that holds it open. */
  locate(path: string): Spot | Denied
  /** The name in the directory found last, as a path that leads nowhere else. */
  at(name: string): string
  close(): void
}

/** @param rootFd belongs to the walker from now on */
export const createWalker = (root: string, rootFd: number): Walker => {
  // the directory where the last path ended stays open: files are mostly read one after the other in the same place
  let held = { path: '', fd: rootFd }
  const hold = (path: string, fd: number): void => {
    if (held.fd !== rootFd) closeSync(held.fd)
    held = { path, fd }
  }
  const at = (name: string): string => `/proc/self/fd/${held.fd}/${name}`

  const locate = (path: string, links = 0): Spot | Denied => {
    const names = namesOf(path)
    if (!names) return refused('a place inside the home', 'a path that leads out of it')
    let depth = Math.max(0, names.length - 1)
    if (names.slice(0, depth).join('/') !== held.path) {
      hold('', rootFd)
      depth = 0
    }
    for (; ; depth += 1) {
      const name = names[depth] ?? '.'
      const stats = lstatSync(at(name), { throwIfNoEntry: false })
      if (!stats) return ABSENT
      if (stats.isSymbolicLink()) return follow(names, depth, links)
      if (depth >= names.length - 1) return { status: 'found', name, path: join(root || '/', ...names), stats }
      if (!stats.isDirectory()) return ABSENT
      hold(names.slice(0, depth + 1).join('/'), openSync(at(name), OPEN_DIRECTORY))
    }
  }

  const follow = (names: readonly string[], depth: number, links: number): Spot | Denied => {
    if (links >= MAX_LINKS) return refused('a file', 'too many links')
    const target = readlinkSync(at(names[depth]!))
    const inner = target.startsWith('/') ? below(root, target) : [...names.slice(0, depth), target].join('/')
    if (inner === undefined) return refused('a place inside the home', `a link to ${target}`)
    return locate([inner, ...names.slice(depth + 1)].join('/'), links + 1)
  }

  return {
    locate,
    at,
    close() {
      hold('', rootFd)
      closeSync(rootFd)
    },
  }
}

/** The steps of a path, without `.` and `..`; undefined when it climbs out. */
const namesOf = (path: string): string[] | undefined => {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '..' && names.pop() === undefined) return undefined
    if (name !== '..' && name !== '.' && name !== '') names.push(name)
  }
  return names
}

const below = (root: string, path: string): string | undefined => {
  if (path === root) return ''
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined
}
