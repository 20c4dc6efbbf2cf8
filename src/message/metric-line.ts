import { LineDraft, NO_LABELS, type ParsedLine } from './line-draft.ts'
import { isName, knownName, MAX_NAME_BYTES } from './name.ts'
import { parseNumber } from './number.ts'
import type { RefusalReason } from './refusal.ts'
import { decodeText } from './text.ts'
import { nextToken, type Token } from './token.ts'

export interface LineRules {
  /** Only a line with `type=metric` is a metric; from a script it may be missing. */
  readonly typeRequired: boolean
  /** Keys and label names that an author may not write. */
  readonly reserved: ReadonlySet<string>
}

/** Longest name and value of an author's label, in bytes; the name must fit an RFC 5424 PARAM-NAME. */
const MAX_LABEL_NAME_BYTES = 32
const MAX_LABEL_VALUE_BYTES = 256

const NOTHING: ParsedLine = { isMetric: false, pairs: [], labels: NO_LABELS, refused: [], colourCodes: 0 }

/** What cartridges print for the OpenShift platform; it is addressed to someone else. */
const PLATFORM_WORDS: ReadonlySet<string> = new Set(
  `CLIENT_MESSAGE CLIENT_RESULT CLIENT_ERROR CLIENT_INTERNAL_ERROR CLIENT_DEBUG ATTR APP_INFO CART_DATA CART_PROPERTIES
  ENV_VAR_ADD ENV_VAR_REMOVE APP_ENV_VAR_REMOVE SSH_KEY_ADD SSH_KEY_REMOVE APP_SSH_KEY_ADD APP_SSH_KEY_REMOVE
  BROKER_AUTH_KEY_ADD BROKER_AUTH_KEY_REMOVE NOTIFY_ENDPOINT_CREATE NOTIFY_ENDPOINT_DELETE EXIT_CODE`.split(/\s+/),
)

/**
 * Reads one line without its end: `type=metric thread.count=5 label.pool="web 1"`, pairs in any order between blanks.
 * A bad pair costs only itself, a line of another type all of it.
 */
export const parseMetricLine = (line: Buffer, rules: LineRules): ParsedLine => {
  const { text, isWellFormed } = decodeText(line)
  return parseMetricText(text, rules, isWellFormed)
}

/** @param isWellFormed whether the text came from valid UTF-8; otherwise U+FFFD stands for what was not */
export const parseMetricText = (text: string, rules: LineRules, isWellFormed = true): ParsedLine => {
  const { clean, colourCodes } = withoutColours(text)
  if (isForPlatform(clean) || (rules.typeRequired && !mentionsType(clean))) return NOTHING
  const draft = new LineDraft(clean, isWellFormed, colourCodes)
  if (!clean.includes('=')) {
    if (clean.trim() !== '') draft.refuse('not-a-pair', clean.search(/\S/), clean.length)
    return draft.finish(false)
  }
  for (let token = nextToken(clean, 0); token; token = nextToken(clean, token.end)) {
    if (token.key === 'type' && token.form !== 'word') {
      if (token.value !== 'metric') return rules.typeRequired ? NOTHING : draft.foreign(token)
      draft.hasType = true
      continue
    }
    const reason = take(draft, token, rules)
    if (reason) draft.refuse(reason, token.start, token.end)
  }
  return draft.hasType || !rules.typeRequired ? draft.finish(draft.hasType || draft.hasPair) : NOTHING
}

/** A quick no for log lines, which are most of a stream. */
const mentionsType = (text: string): boolean => text.includes('type=metric') || text.includes('type="metric"')

const isForPlatform = (text: string): boolean => {
  const colon = text.indexOf(':')
  return colon > 0 && PLATFORM_WORDS.has(text.slice(0, colon))
}

const ESCAPE = '\u001b'
/** ECMA-48 §5.4, without intermediate bytes: a blank is one, and separates pairs. */
const CONTROL_SEQUENCE = new RegExp(`${ESCAPE}\\[[0-?]*[@-~]`, 'g')

const withoutColours = (text: string): { readonly clean: string; readonly colourCodes: number } => {
  if (!text.includes(ESCAPE)) return { clean: text, colourCodes: 0 }
  let colourCodes = 0
  const clean = text.replace(CONTROL_SEQUENCE, () => {
    colourCodes += 1
    return ''
  })
  return { clean, colourCodes }
}

const LABEL = 'label.'

/** Takes what the token says, or tells why not. */
const take = (draft: LineDraft, token: Token, { reserved }: LineRules): RefusalReason | undefined => {
  const { key, form } = token
  if (form === 'word') return 'not-a-pair'
  draft.hasPair = true
  const isLabel = key.startsWith(LABEL)
  if (reserved.has(isLabel ? key.slice(LABEL.length) : key)) return 'reserved-key'
  if (form === 'bad-quotes') return 'bad-quotes'
  return isLabel ? takeLabel(draft, token) : takePair(draft, token)
}

const takePair = (draft: LineDraft, { key, value }: Token): RefusalReason | undefined => {
  const name = knownName(key)
  if (name === undefined) return isName(key, Number.POSITIVE_INFINITY) ? 'name-too-long' : 'bad-name'
  if (value === '') return 'empty-value'
  const number = parseNumber(value)
  if (!Number.isFinite(number)) return saysNotFinite(value, number) ? 'not-finite' : 'not-a-number'
  return draft.addPair({ name, value: number }) ? undefined : 'duplicate-name'
}

const saysNotFinite = (text: string, number: number): boolean =>
  !Number.isNaN(number) || /^[+-]?(nan|inf|infinity)$/i.test(text)

const takeLabel = (draft: LineDraft, { key, value }: Token): RefusalReason | undefined => {
  const name = key.slice(LABEL.length)
  if (!isName(name, MAX_NAME_BYTES)) return 'bad-name'
  if (name.length > MAX_LABEL_NAME_BYTES) return 'name-too-long'
  if (Buffer.byteLength(value) > MAX_LABEL_VALUE_BYTES) return 'label-too-long'
  if (/\p{Cc}/u.test(value)) return 'control-character'
  if (!draft.isWellFormed && value.includes('\ufffd')) return 'invalid-utf8'
  return draft.addLabel(name, value) ? undefined : 'duplicate-name'
}
