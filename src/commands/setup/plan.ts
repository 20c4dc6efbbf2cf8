import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { Wanted, WantedFile } from './items.ts'

/** What stands at a path now. */
export type Found =
  | { readonly kind: 'absent' }
  | { readonly kind: 'directory' }
  | { readonly kind: 'file'; readonly sha256: string }

/** What setup has brought to a tree: only that is ever changed or removed again. */
export interface SetupRecord {
  /** Directories that were not there before, parents first. */
  readonly directories: readonly string[]
  /** By path, the SHA-256 of every content that setup may have left there; any other content is the admin's. */
  readonly files: ReadonlyMap<string, readonly string[]>
}

export const emptyRecord: SetupRecord = { directories: [], files: new Map() }

/** One thing that is done, or left alone, and why. */
export interface Step {
  readonly did: 'created' | 'unchanged' | 'updated' | 'kept' | 'removed'
  readonly kind: 'file' | 'directory'
  readonly path: string
  /** What a file is to hold; only where it is created or updated. */
  readonly content?: string
  readonly why?: string
}

export interface Plan {
  readonly steps: readonly Step[]
  /** The record as it must be before the first step is taken, so that a setup that was cut short can be removed. */
  readonly record: SetupRecord
}

/** What tells of a path; a path it does not know is absent. */
export type FoundAt = (path: string) => Found

const CHANGED = 'changed by you'

/** Every directory on the way to a path, parents first, without `/`. */
export const parentsOf = (path: string): string[] => {
  const parent = dirname(path)
  return parent === '/' ? [] : [...parentsOf(parent), parent]
}

/** Every directory that what is wanted needs, parents first. */
export const directoriesOf = ({ directories, files }: Wanted, recordPath: string): string[] => [
  ...new Set([
    ...directories.flatMap((path) => [...parentsOf(path), path]),
    ...[...files.map(({ path }) => path), recordPath].flatMap(parentsOf),
  ]),
]

/** What makes the tree as it is wanted; a file that an admin has changed, or made before us, stays as it is. */
export const planInstall = (
  wanted: Wanted,
  state: { readonly found: FoundAt; readonly record: SetupRecord; readonly recordPath: string },
): Plan => {
  const { found, record, recordPath } = state
  const missing = directoriesOf(wanted, recordPath).filter((path) => found(path).kind === 'absent')
  const files = new Map(record.files)
  const made = missing.map((path): Step => ({ did: 'created', kind: 'directory', path }))
  const written = wanted.files.map((file) => planFile(file, found(file.path), files))
  const current = new Set(wanted.files.map(({ path }) => path))
  const obsolete = [...record.files]
    .filter(([path]) => !current.has(path))
    .flatMap(([path, ours]) => planRemoval(path, found(path), ours))
  const directories = [...new Set([...record.directories, ...missing])]
  return { steps: [...made, ...written, ...obsolete], record: { directories, files } }
}

const planFile = ({ path, content }: WantedFile, found: Found, files: Map<string, readonly string[]>): Step => {
  const ours = files.get(path) ?? []
  const wanted = sha256(content)
  if (found.kind !== 'file') {
    files.set(path, [wanted])
    return { did: 'created', kind: 'file', path, content }
  }
  if (found.sha256 === wanted) {
    // one that stood there before us, word for word the same, is not ours to remove
    if (ours.length > 0) files.set(path, [wanted])
    return { did: 'unchanged', kind: 'file', path }
  }
  if (!ours.includes(found.sha256)) return { did: 'kept', kind: 'file', path, why: CHANGED }
  files.set(path, [found.sha256, wanted])
  return { did: 'updated', kind: 'file', path, content }
}

/** What takes everything away again that the record tells of, children first. */
export const planRemove = (record: SetupRecord, found: FoundAt): readonly Step[] => [
  ...[...record.files].flatMap(([path, ours]) => planRemoval(path, found(path), ours)),
  ...record.directories
    .toReversed()
    .filter((path) => found(path).kind === 'directory')
    .map((path): Step => ({ did: 'removed', kind: 'directory', path })),
]

const planRemoval = (path: string, found: Found, ours: readonly string[]): Step[] => {
  if (found.kind === 'absent') return []
  const isOurs = found.kind === 'file' && ours.includes(found.sha256)
  return [isOurs ? { did: 'removed', kind: 'file', path } : { did: 'kept', kind: 'file', path, why: CHANGED }]
}

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')
