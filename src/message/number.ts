import { LOWER_E, MINUS, PLUS, POINT, UPPER_E, ZERO } from './ascii.ts'

/** With at most 15 digits the integer, the power of ten and so their quotient are exact (Clinger 1990). */
const EXACT_DIGITS = 15
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent)

/**
 * Reads a decimal or exponent number: `5`, `-1.5`, `.5`, `+5`, `1e3`. `-0` is 0.
 * @returns NaN when `text` from `from` to `to` is anything else, an infinity when it is too large
 */
export const parseNumber = (text: string, from = 0, to = text.length): number => {
  const sign = text.charCodeAt(from)
  const start = sign === PLUS || sign === MINUS ? from + 1 : from
  let mantissa = 0
  let digits = 0
  let point = -1
  for (let at = start; at < to; at += 1) {
    const code = text.charCodeAt(at)
    const digit = code - ZERO
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digits += 1
    } else if (code === POINT && point < 0) point = at
    else if ((code === LOWER_E || code === UPPER_E) && digits > 0) return parseExponent(text, { from, to, at: at + 1 })
    else return Number.NaN
  }
  if (digits === 0) return Number.NaN
  if (digits > EXACT_DIGITS) return Number(text.slice(from, to)) + 0
  const value = point < 0 ? mantissa : mantissa / POWERS_OF_TEN[to - point - 1]!
  return sign === MINUS ? 0 - value : value
}

const parseExponent = (text: string, { from, to, at }: { from: number; to: number; at: number }): number => {
  const sign = text.charCodeAt(at)
  const start = sign === PLUS || sign === MINUS ? at + 1 : at
  for (let index = start; index < to; index += 1) {
    const digit = text.charCodeAt(index) - ZERO
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
  }
  return start < to ? Number(text.slice(from, to)) + 0 : Number.NaN
}

/** The shortest decimal that reads back as the same number; `-0` is `0`. */
export const formatNumber = (value: number): string => String(value)
