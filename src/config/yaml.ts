import { CORE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml'
import { ParseError } from '../errors.ts'

/**
 * The one door to js-yaml. Surprises it takes care of: text without a document throws instead of giving nothing, `<<` is
 * not merged by default, and aliases may lead back to themselves or unfold ten lines into billions of nodes for whoever
 * walks them.
 */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag)
const MAX_ALIASES = 100
const MAX_DEPTH = 32
const MAX_UNFOLDED = 100_000

/**
 * Reads one YAML 1.2 document; duplicate keys are refused.
 * @param place file name for the error text
 * @returns undefined for empty or comment-only text
 * @throws ParseError `place:line:column: reason`, both counted from 1
 */
export const parseYaml = (text: string, place: string): unknown => {
  if (text.split(/\r?\n/).every((line) => /^\s*(#|$)/.test(line))) return undefined
  const document = parse(text, place)
  if (text.includes('*') && !unfoldsWithin(document, MAX_UNFOLDED)) {
    throw new ParseError(`${place}: aliases unfold into more than ${MAX_UNFOLDED} values`)
  }
  return document
}

const parse = (text: string, place: string): unknown => {
  try {
    return load(text, { schema: SCHEMA, maxAliases: MAX_ALIASES, maxDepth: MAX_DEPTH })
  } catch (thrown) {
    if (!(thrown instanceof YAMLException)) throw thrown
    const position = thrown.mark ? `:${thrown.mark.line + 1}:${thrown.mark.column + 1}` : ''
    throw new ParseError(`${place}${position}: ${thrown.reason}`, { cause: thrown })
  }
}

const unfoldsWithin = (document: unknown, limit: number): boolean => {
  const pending = [document]
  for (let seen = 0; pending.length > 0; seen += 1) {
    if (seen > limit) return false
    const node = pending.pop()
    if (typeof node === 'object' && node !== null) for (const child of Object.values(node)) pending.push(child)
  }
  return true
}
