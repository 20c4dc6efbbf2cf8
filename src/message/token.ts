import { BACKSLASH, BLANK, EQUALS, QUOTE, TAB } from './ascii.ts'

/** One word of a logfmt-like line. */
export interface Token {
  readonly start: number
  /** Just behind its last character. */
  readonly end: number
  readonly key: string
  /** Escapes of a quoted value are resolved. */
  readonly value: string
  /** word: no `=`; bad-quotes: unterminated, or with text behind the closing quote. */
  readonly form: 'word' | 'bare' | 'quoted' | 'bad-quotes'
}

/** The next word of `text` from `at` on: `key=value`, `key="value"` or neither. Undefined when only blanks are left. */
export const nextToken = (text: string, at: number): Token | undefined => {
  let start = at
  while (start < text.length && isBlank(text.charCodeAt(start))) start += 1
  if (start === text.length) return undefined
  let equals = start
  while (equals < text.length && text.charCodeAt(equals) !== EQUALS && !isBlank(text.charCodeAt(equals))) equals += 1
  const key = text.slice(start, equals)
  if (text.charCodeAt(equals) !== EQUALS) return { start, end: equals, key, value: '', form: 'word' }
  if (text.charCodeAt(equals + 1) === QUOTE) return quotedToken(text, start, equals)
  const end = blankFrom(text, equals + 1)
  return { start, end, key, value: text.slice(equals + 1, end), form: 'bare' }
}

const quotedToken = (text: string, start: number, equals: number): Token => {
  const key = text.slice(start, equals)
  const close = closingQuote(text, equals + 2)
  const end = close + 1
  if (close < 0 || (end < text.length && !isBlank(text.charCodeAt(end)))) {
    // costs only what a bare value would have cost, so that the pairs behind it stand
    return { start, end: blankFrom(text, equals + 1), key, value: '', form: 'bad-quotes' }
  }
  return { start, end, key, value: withoutEscapes(text.slice(equals + 2, close)), form: 'quoted' }
}

/** Where a value that began just before `from` ends: the first quote without a backslash of its own, or -1. */
export const closingQuote = (text: string, from: number): number => {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at
    while (first > from && text.charCodeAt(first - 1) === BACKSLASH) first -= 1
    if ((at - first) % 2 === 0) return at
  }
  return -1
}

const blankFrom = (text: string, from: number): number => {
  let at = from
  while (at < text.length && !isBlank(text.charCodeAt(at))) at += 1
  return at
}

const isBlank = (code: number): boolean => code === BLANK || code === TAB

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** Before any other character a backslash is itself. */
const withoutEscapes = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(["\\nrt])/g, (_, char: string) => ESCAPED[char] ?? char) : text
