import { closeSync, constants, lstatSync, openSync, readlinkSync, type Stats } from 'node:fs'

/** Nothing is there, or something that is not to be read: `got` says why. */
export type Denied =
  | { readonly status: 'absent' }
  | { readonly status: 'refused'; readonly expected: string; readonly got: string }

/** A name in the directory that is held open, and its path from the root of the file system. */
export interface Step {
  readonly status: 'entered'
  readonly name: string
  readonly path: string
}

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
  /** Opens the directory that holds the last name of a path, and does not look at that name. */
  enter(path: string): Step | Denied
  /** Finds what a path leads to, the last name followed where it is a link. */
  locate(path: string): Spot | Denied
  /** The name in the directory entered last, as a path that leads nowhere else. */
  at(name: string): string
  close(): void
}

/** @param rootFd belongs to the walker from now on */
export const createWalker = (root: string, rootFd: number): Walker => {
  // the directory entered last stays open: files are mostly read one after the other in the same place
  let held = { path: '', fd: rootFd }
  const hold = (path: string, fd: number): void => {
    if (held.fd !== rootFd) closeSync(held.fd)
    held = { path, fd }
  }
  const at = (name: string): string => `/proc/self/fd/${held.fd}/${name}`
  const look = (name: string): Stats | undefined => lstatSync(at(name), { throwIfNoEntry: false })

  const enter = (path: string, links = 0): Step | Denied => {
    const names = namesOf(path)
    if (!names) return refused('a place inside the home', 'a path that leads out of it')
    const folders = names.slice(0, -1)
    const step: Step = { status: 'entered', name: names.at(-1) ?? '.', path: `${root}/${names.join('/')}` }
    if (held.path === folders.join('/')) return step
    hold('', rootFd)
    for (const [depth, name] of folders.entries()) {
      const stats = look(name)
      if (stats?.isSymbolicLink()) return redirect(names, depth, { links, go: enter })
      if (!stats?.isDirectory()) return ABSENT
      hold(names.slice(0, depth + 1).join('/'), openSync(at(name), OPEN_DIRECTORY))
    }
    return step
  }

  const locate = (path: string, links = 0): Spot | Denied => {
    const step = enter(path, links)
    if (step.status !== 'entered') return step
    const stats = look(step.name)
    if (!stats) return ABSENT
    if (!stats.isSymbolicLink()) return { ...step, status: 'found', stats }
    const names = step.path.slice(root.length + 1).split('/')
    return redirect(names, names.length - 1, { links, go: locate })
  }

  const redirect = <T>(
    names: readonly string[],
    depth: number,
    { links, go }: { links: number; go: (path: string, links: number) => T | Denied },
  ): T | Denied => {
    if (links >= MAX_LINKS) return refused('a file', 'too many links')
    const target = readlinkSync(at(names[depth]!))
    const inner = target.startsWith('/') ? below(root, target) : [...names.slice(0, depth), target].join('/')
    if (inner === undefined) return refused('a place inside the home', `a link to ${target}`)
    return go([inner, ...names.slice(depth + 1)].join('/'), links + 1)
  }

  return {
    enter,
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
