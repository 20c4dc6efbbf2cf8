import { join } from 'node:path'
import { type GearProblem, gearProblem } from './gear.ts'
import { type Tree, withTree } from './safe-files.ts'
import type { GearSettings } from './settings.ts'

export type Environment = ReadonlyMap<string, string>
export type EnvironmentLimits = GearSettings['environment']

/** Reads one directory of variables; what a gear has in all its directories together is bounded. */
export type EnvReader = (folder: string) => Environment

const ENTRIES_PER_VARIABLE = 2

/**
 * One regular file is one variable. Left out without a word, as ever: dotfiles, `*.erb`, `*.rpmnew`, whatever is not a
 * file, a name that no variable can have. What cannot be read is a problem and costs only itself.
 * @param root absolute path of the tree, for the problems
 */
export const createEnvReader = (
  tree: Tree,
  { root, limits, report }: { root: string; limits: EnvironmentLimits; report: (problem: GearProblem) => void },
): EnvReader => {
  let filesLeft = limits.maxFiles
  let bytesLeft = limits.maxBytes
  let told = false
  const full = (folder: string): void => {
    if (told) return
    told = true
    const expected = `at most ${limits.maxFiles} variables with ${limits.maxBytes} bytes`
    report(gearProblem('env-too-large', { place: join(root, folder), expected, got: 'more' }))
  }

  const readVariable = (path: string, kind: 'file' | 'link'): string | undefined => {
    const file = tree.read(path, limits.maxFileBytes, kind === 'file' ? kind : undefined)
    if (file.status === 'refused') report(gearProblem('env-unreadable', { ...file, place: join(root, path) }))
    if (file.status !== 'read') return undefined
    bytesLeft -= file.bytes.length
    filesLeft -= 1
    return decodeVariable(file.bytes)
  }

  return (folder) => {
    const variables = new Map<string, string>()
    const listing = tree.list(folder, limits.maxFiles * ENTRIES_PER_VARIABLE)
    if (listing.status === 'refused') report(gearProblem('env-unreadable', { ...listing, place: join(root, folder) }))
    if (listing.status !== 'listed') return variables
    if (listing.cut) full(folder)
    for (const { name, kind } of listing.entries) {
      if ((kind !== 'file' && kind !== 'link') || !isVariable(name)) continue
      const value = filesLeft > 0 && bytesLeft > 0 ? readVariable(`${folder}/${name}`, kind) : full(folder)
      if (bytesLeft < 0) full(folder)
      else if (value !== undefined) variables.set(name, value)
    }
    return variables
  }
}

const isVariable = (name: string): boolean => !/^\.|\.erb$|\.rpmnew$|[=\p{Cc}\ufffd]/u.test(name)

/** NUL bytes and one line end are taken off; inner line ends stay; an empty file is an empty value. */
export const decodeVariable = (bytes: Buffer): string =>
  bytes
    .toString('utf8')
    .replaceAll('\0', '')
    .replace(/(\r\n|\n|\r)$/, '')

/**
 * The variables that all gears share, from a directory of the admin's, such as /etc/openshift/env. Links in it may lead
 * anywhere; a missing directory means none.
 */
export const readSystemEnvironment = (
  directory: string,
  options: { limits: EnvironmentLimits; report: (problem: GearProblem) => void },
): Environment =>
  withTree('/', { uid: 0, gid: 0 }, (tree) => createEnvReader(tree, { ...options, root: '/' })(directory.slice(1)))
