import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, messageOf, ParseError, type Problem } from '../errors.ts'
import { parseNodeConf } from './node-conf.ts'
import { problemsOf, show, valueAt } from './problems.ts'
import type { Infer, Schema } from './schema.ts'
import { settingsOf } from './settings-tree.ts'
import { parseYaml } from './yaml.ts'

/** What was read, and where each value came from. */
export interface Loaded<T> {
  readonly settings: T
  /** Dotted path of each setting that is not a default → file or `node.conf KEY`. */
  readonly origins: ReadonlyMap<string, string>
  /** What was read differently from how it was written. */
  readonly warnings: readonly string[]
}

export interface Sources {
  /** The YAML file; its drop-in directory is `<file without .yml>.d`. Undefined: no file is named, defaults. */
  readonly file: string | undefined
  /** Directory that holds node.conf; a missing file means defaults. Undefined: node.conf is not for this program. */
  readonly confDir?: string
}

type Tree = Record<string, unknown>

/**
 * Reads settings: YAML beats node.conf beats defaults; drop-ins in alphabetical order beat the file; maps are merged,
 * everything else is replaced.
 * @throws ConfigError with every problem of all files in one go
 */
export const loadSettings = <S extends Schema>(schema: S, { file, confDir }: Sources): Loaded<Infer<S>> => {
  const problems: Problem[] = []
  const warnings: string[] = []
  const origins = new Map<string, string>()
  const tree: Tree = {}
  for (const path of file === undefined ? [] : [file, ...dropIns(file)])
    merge(tree, readTree(path, problems), path, '', origins)
  if (confDir !== undefined) fillFromNodeConf(schema, join(confDir, 'node.conf'), tree, { origins, problems, warnings })
  const parsed = schema.safeParse(tree)
  const at = (path: string): string => {
    const file = originOf(path, origins)
    return file === undefined ? path || 'settings' : `${file}: ${path}`
  }
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap((issue) => problemsOf(issue, tree, at)))
  if (problems.length > 0) throw new ConfigError(problems)
  return { settings: parsed.data as Infer<S>, origins, warnings }
}

/** Where a setting was written, or the list or map that holds it. */
const originOf = (path: string, origins: ReadonlyMap<string, string>): string | undefined =>
  path === '' ? undefined : (origins.get(path) ?? originOf(path.slice(0, Math.max(0, path.lastIndexOf('.'))), origins))

const dropIns = (file: string): string[] => {
  const directory = `${file.replace(/\.ya?ml$/, '')}.d`
  try {
    return readdirSync(directory)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(directory, name))
  } catch {
    return []
  }
}

const readTree = (path: string, problems: Problem[]): Tree => {
  try {
    const document = parseYaml(readFileSync(path, 'utf8'), path) ?? {}
    if (isTree(document)) return document
    problems.push({ place: path, expected: 'a map of settings', got: show(document) })
  } catch (thrown) {
    problems.push({ place: path, expected: 'readable YAML', got: withoutPlace(messageOf(thrown), path) })
  }
  return {}
}

const withoutPlace = (message: string, place: string): string => {
  const rest = message.startsWith(`${place}:`) ? message.slice(place.length + 1).trim() : message
  return /^\d/.test(rest) ? `error at ${rest}` : rest
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

const merge = (into: Tree, from: Tree, file: string, prefix: string, origins: Map<string, string>): void => {
  for (const [key, value] of Object.entries(from)) {
    if (value === null) continue // `section:` with all its keys commented out
    const path = prefix + key
    const old = Object.hasOwn(into, key) ? into[key] : undefined
    if (isTree(value)) {
      const next: Tree = isTree(old) ? old : {}
      set(into, key, next)
      merge(next, value, file, `${path}.`, origins)
    } else {
      set(into, key, value)
      origins.set(path, file)
    }
  }
}

const set = (into: Tree, key: string, value: unknown): void => {
  Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true })
}

interface Notes {
  readonly origins: Map<string, string>
  readonly problems: Problem[]
  readonly warnings: string[]
}

const fillFromNodeConf = (schema: Schema, file: string, tree: Tree, { origins, problems, warnings }: Notes): void => {
  const values = readNodeConf(file, problems)
  for (const { path, facts } of settingsOf(schema)) {
    const { nodeConf } = facts
    const text = nodeConf && values.get(nodeConf.key)
    if (text === undefined || valueAt(tree, path) !== undefined) continue
    const place = `${file}: ${nodeConf!.key}`
    try {
      const value = nodeConf!.read ? nodeConf!.read(text, (message) => warnings.push(`${place}: ${message}`)) : text
      if (value === undefined) continue
      plant(tree, path, value)
      origins.set(path.join('.'), `${file} ${nodeConf!.key}`)
    } catch (thrown) {
      if (!(thrown instanceof ParseError)) throw thrown
      problems.push({ place, expected: thrown.message, got: show(text) })
    }
  }
}

const readNodeConf = (file: string, problems: Problem[]): Map<string, string> => {
  try {
    return parseNodeConf(readFileSync(file, 'utf8'))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') {
      problems.push({ place: file, expected: 'a readable file', got: messageOf(thrown) })
    }
    return new Map()
  }
}

const plant = (tree: Tree, path: readonly string[], value: unknown): void => {
  let node = tree
  for (const key of path.slice(0, -1)) {
    if (!isTree(node[key])) set(node, key, {})
    node = node[key] as Tree
  }
  set(node, path.at(-1)!, value)
}
