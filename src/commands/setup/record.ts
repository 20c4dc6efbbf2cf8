import { posix } from 'node:path'
import { UsageError } from '../../errors.ts'
import { emptyRecord, type SetupRecord } from './plan.ts'
import type { Tree } from './tree.ts'

/** Where setup remembers what it brought, inside the tree; only root may write there. */
export const RECORD_PATH = '/var/lib/oo-metrics-setup/record.json'

const VERSION = 1

/**
 * @returns an empty record where nothing was set up
 * @throws UsageError when the file is not what setup writes: nothing is removed on its word then
 */
export const readRecord = (tree: Tree): SetupRecord => {
  if (tree.look(RECORD_PATH).kind !== 'file') return emptyRecord
  try {
    return parseRecord(tree.read(RECORD_PATH) ?? '')
  } catch (thrown) {
    const expected = 'the record that an earlier setup wrote'
    throw new UsageError(`${tree.name(RECORD_PATH)}: expected ${expected}, got something else`, { cause: thrown })
  }
}

export const writeRecord = (tree: Tree, record: SetupRecord): void => tree.write(RECORD_PATH, formatRecord(record))

export const formatRecord = ({ directories, files }: SetupRecord): string =>
  `${JSON.stringify({ version: VERSION, directories, files: Object.fromEntries(files) }, undefined, 2)}\n`

/** @throws Error of any kind for text that is no record */
export const parseRecord = (text: string): SetupRecord => {
  const { version, directories, files } = JSON.parse(text) as Record<string, unknown>
  const entries = Object.entries(files as object)
  const isRecord = version === VERSION && isListOf(isPath)(directories) && entries.every(isFileEntry)
  if (!isRecord) throw new TypeError('no record')
  return { directories: directories as string[], files: new Map(entries as [string, string[]][]) }
}

const isFileEntry = ([path, ours]: [string, unknown]): boolean => isPath(path) && isListOf(isHash)(ours)

const isListOf =
  (isItem: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(isItem)

const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

// absolute and without `..`, so that it cannot lead out of the tree
const isPath = (value: unknown): boolean =>
  typeof value === 'string' && /^\/[^\0]+$/.test(value) && posix.normalize(value) === value
