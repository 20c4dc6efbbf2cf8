/** Why a pair, or a whole line, is not taken, with what its author should know. */
const SENTENCES = {
  'not-a-pair': 'A pair is name=value; this has no "=".',
  'bad-name':
    'A name begins with a letter or "_" and goes on with letters, digits and "_ . : / -"; a label is written label.name=value.',
  'name-too-long': 'A metric name has at most 200 bytes, the name of a label at most 32.',
  'empty-value': 'A value must follow the "=" at once, without a blank.',
  'not-a-number':
    'A value is a decimal or exponent number such as 5, -1.5 or 1e3, without unit, percent sign or thousands separator.',
  'not-finite': 'A value must be finite; leave the pair out when there is nothing to tell.',
  'bad-quotes': 'A quoted value ends with a quote, and a blank or the end of the line follows.',
  'control-character': 'Control characters are not taken.',
  'invalid-utf8': 'The text is not valid UTF-8.',
  'label-too-long': 'The value of a label has at most 256 bytes.',
  'duplicate-name': 'The name stands in this line already; the first one counts.',
  'reserved-key': 'This label says where a metric comes from; it is written by the node, never by a gear.',
  'foreign-type': 'The line says it is of another type; only type=metric is a metric.',
} as const satisfies Readonly<Record<string, string>>

export type RefusalReason = keyof typeof SENTENCES
export const refusalReasons = Object.keys(SENTENCES) as readonly RefusalReason[]

/** One piece of a line that was not taken. */
export interface Refused {
  readonly reason: RefusalReason
  /** Where it begins, in visible characters, from 1: colour codes do not count. */
  readonly column: number
  /** The piece, made printable and shortened. */
  readonly text: string
}

/** One sentence for the author of the line. */
export const describeReason = (reason: RefusalReason): string => SENTENCES[reason]
