import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of /proc/self/mountinfo, as proc(5) describes it. */
export interface Mount {
  /** `major:minor` of the file system; the same for all subvolumes and binds of one. */
  readonly device: string
  /** Which directory of the file system is mounted; `/` is all of it. */
  readonly root: string
  /** Where it is mounted. */
  readonly point: string
  /** `ext4`, `cgroup2` … */
  readonly type: string
  /** What is mounted, `/dev/sda1`; any word for file systems without a device. */
  readonly source: string
  /** Options of the file system itself; for a cgroup v1 hierarchy its controllers are among them. */
  readonly options: readonly string[]
}

/** A later mount hides an earlier one at the same point. @throws an error of the system when there is no such file */
export const readMounts = (procRoot: string): readonly Mount[] =>
  parseMountInfo(readFileSync(join(procRoot, 'self/mountinfo'), 'utf8'))

/** Lines that are none are left out. */
export const parseMountInfo = (text: string): readonly Mount[] => text.split('\n').flatMap(parseLine)

const parseLine = (line: string): readonly Mount[] => {
  // any number of optional fields stands before the dash
  const [, mount, system] = /^(.*?) - (.*)$/.exec(line) ?? []
  const [, , device, root, point] = mount?.split(' ') ?? []
  const [type, source, options] = system?.split(' ') ?? []
  if (!device || !root || !point || !type || source === undefined || options === undefined) return []
  return [
    {
      device,
      root: unescaped(root),
      point: unescaped(point),
      type,
      source: unescaped(source),
      options: options.split(','),
    },
  ]
}

/** Blank, tab, newline and backslash are written as three octal digits. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** The part of `path` below `directory` with a leading slash, '' for the directory itself; undefined outside of it. */
export const below = (directory: string, path: string): string | undefined => {
  if (directory === '/') return path === '/' ? '' : path
  if (path === directory) return ''
  return path.startsWith(`${directory}/`) ? path.slice(directory.length) : undefined
}

/** The mount that a path lies on. @param path absolute and free of links */
export const mountOf = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts
    .filter(({ point }) => below(point, path) !== undefined)
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.point.length > mount.point.length ? best : mount),
      undefined,
    )
