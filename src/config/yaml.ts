import { CORE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml'
import { ParseError } from '../errors.ts'

/**
 * The one door to js-yaml. Surprises it takes care of: text without a document throws instead of giving nothing, `<<` is
 * not merged by default, and aliases are unlimited, so that ten lines can unfold into billions of nodes for whoever walks them.
 */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag)
const MAX_ALIASES = 100
const MAX_DEPTH = 32

/**
 * Reads one YAML 1.2 document; duplicate keys are refused.
 * @param place file name for the error text
 * @returns undefined for empty or comment-only text
 * @throws ParseError `place:line:column: reason`, both counted from 1
 */
export const parseYaml = (text: string, place: string): unknown => {
  if (text.split(/\r?\n/).every((line) => /^\s*(#|$)/.test(line))) return undefined
  try {
    return load(text, { schema: SCHEMA, maxAliases: MAX_ALIASES, maxDepth: MAX_DEPTH })
  } catch (thrown) {
    if (!(thrown instanceof YAMLException)) throw thrown
    const position = thrown.mark ? `:${thrown.mark.line + 1}:${thrown.mark.column + 1}` : ''
    throw new ParseError(`${place}${position}: ${thrown.reason}`, { cause: thrown })
  }
}
