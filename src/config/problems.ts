import { ConfigError, type Problem } from '../errors.ts'
import type { Infer, Issue, Schema } from './schema.ts'

/**
 * What is wrong according to one issue of the schema.
 * @param tree what was checked, to show what came
 * @param at turns the dotted path of a setting into the place to name
 */
export const problemsOf = (issue: Issue, tree: unknown, at: (path: string) => string): Problem[] => {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const setting = path ? `${path}.${key}` : key
      return { place: at(setting), expected: 'a known setting', got: `unknown key ${show(key)}` }
    })
  }
  return [{ place: at(path), expected: expectation(issue), got: show(valueAt(tree, issue.path)) }]
}

const expectation = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return (
        { int: 'a whole number', record: 'a map', object: 'a map', array: 'a list' }[issue.expected as string] ??
        `a ${issue.expected}`
      )
    case 'too_small':
      return `at least ${issue.minimum}`
    case 'too_big':
      return `at most ${issue.maximum}`
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`
    case 'invalid_format':
      return `text that matches ${'pattern' in issue ? issue.pattern : issue.format}`
    case 'invalid_union':
      return 'options' in issue ? `one of ${(issue.options as unknown[]).map(String).join(', ')}` : issue.message
    default:
      return issue.message
  }
}

const MAX_SHOWN_CHARS = 100

/**
 * A value as it is shown in an error. Lists and maps are only named: with aliases, a few lines of YAML unfold into more
 * than can ever be printed.
 */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value)
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text
}

/** The value at a path into maps and lists; undefined where there is none. */
export const valueAt = (tree: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? (node as never)[key] : undefined,
    tree,
  )

/**
 * Checks one document that stands by itself, such as an entry of a drop-in directory.
 * @param place the file, named in every problem
 * @throws ConfigError with every problem
 */
export const check = <S extends Schema>(schema: S, document: unknown, place: string): Infer<S> => {
  const parsed = schema.safeParse(document)
  if (parsed.success) return parsed.data as Infer<S>
  throw new ConfigError(
    parsed.error.issues.flatMap((issue) => problemsOf(issue, document, (path) => (path ? `${place}: ${path}` : place))),
  )
}
