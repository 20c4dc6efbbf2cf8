import { BLANK, CLOSE_BRACKET, EQUALS, MINUS, OPEN_BRACKET, QUOTE, TILDE } from './ascii.ts'
import { ownCopy, remember } from './remember.ts'
import type { SdElement } from './syslog-message.ts'
import { closingQuote } from './token.ts'

/** Longest SD-ID and PARAM-NAME. */
const MAX_SD_NAME = 32

/** RFC 5424 §6.3.2: 1 to 32 printable ASCII characters without `=`, blank, `]` and `"`. */
export const isSdName = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code <= BLANK || code > TILDE || code === EQUALS || code === CLOSE_BRACKET || code === QUOTE) return false
  }
  return text.length > 0 && text.length <= MAX_SD_NAME
}

export interface StructuredData {
  readonly elements: readonly SdElement[]
  /** Just behind it. */
  readonly end: number
}

const NO_ELEMENTS: readonly SdElement[] = []

/** Reads `-` or one or more elements at `at`; undefined when they are cut off or malformed. */
export const parseStructuredData = (text: string, at: number): StructuredData | undefined => {
  if (text.charCodeAt(at) === MINUS) return { elements: NO_ELEMENTS, end: at + 1 }
  const elements: SdElement[] = []
  let end = at
  while (text.charCodeAt(end) === OPEN_BRACKET) {
    const read = parseRecurring(text, end)
    if (!read) return undefined
    elements.push(read.element)
    end = read.end
  }
  return end > at ? { elements, end } : undefined
}

interface ReadElement {
  readonly element: SdElement
  readonly end: number
}

export const GEAR_ID = 'gear@32473'

interface KnownElement {
  readonly text: string
  readonly element: SdElement
}

/** Anyone can send such elements, so what is kept of them is bounded in number and size. */
const KEPT_GEARS = 2048
const KEPT_PER_GEAR = 8
const MAX_KEPT_CHARS = 1024
const MAX_KEY_CHARS = 128

/** By the text up to the end of the first value, which is the gear: a short key for a long text. */
const knownElements = remember(KEPT_GEARS, (): KnownElement[] => [])

/** Attribution comes again with every message of a gear: the same bytes give the same element, and the same map in it. */
const parseRecurring = (text: string, at: number): ReadElement | undefined => {
  // comparing a slice is several times as fast as startsWith
  const isGear = text.slice(at + 1, at + 1 + GEAR_ID.length) === GEAR_ID
  const keyEnd = isGear ? text.indexOf('"', text.indexOf('"', at) + 1) : 0
  if (keyEnd <= at || keyEnd - at > MAX_KEY_CHARS) return parseElement(text, at)
  const known = knownElements(text.slice(at, keyEnd)) ?? []
  for (const { text: own, element } of known) {
    if (text.slice(at, at + own.length) === own) return { element, end: at + own.length }
  }
  const read = parseElement(text, at)
  return read && read.end - at <= MAX_KEPT_CHARS ? keep(known, ownCopy(text.slice(at, read.end)), read.end) : read
}

const keep = (known: KnownElement[], text: string, end: number): ReadElement | undefined => {
  const read = parseElement(text, 0)
  if (!read) return undefined
  if (known.length === KEPT_PER_GEAR) known.length = 0
  known.push({ text, element: read.element })
  return { element: read.element, end }
}

const parseElement = (text: string, at: number): ReadElement | undefined => {
  let end = at + 1
  while (end < text.length && text.charCodeAt(end) !== BLANK && text.charCodeAt(end) !== CLOSE_BRACKET) end += 1
  const id = text.slice(at + 1, end)
  if (!isSdName(id)) return undefined
  const params = new Map<string, string>()
  const escapeAt = text.indexOf('\\', at)
  while (text.charCodeAt(end) === BLANK) {
    const equals = text.indexOf('=', end)
    const name = text.slice(end + 1, equals)
    if (equals < 0 || text.charCodeAt(equals + 1) !== QUOTE || !isSdName(name)) return undefined
    const close = closingQuote(text, equals + 2)
    if (close < 0) return undefined
    const value = text.slice(equals + 2, close)
    params.set(name, escapeAt >= 0 && escapeAt < close ? withoutEscapes(value) : value)
    end = close + 1
  }
  return text.charCodeAt(end) === CLOSE_BRACKET ? { element: { id, params }, end: end + 1 } : undefined
}

/** RFC 5424 §6.3.3: before any other character a backslash is itself. */
const withoutEscapes = (text: string): string => text.replace(/\\(["\\\]])/g, '$1')

/** Names must be SD names. Control characters, which would break a line in two, become U+FFFD. */
export const formatElement = (id: string, params: Iterable<readonly [string, string]>): string => {
  let text = `[${id}`
  for (const [name, value] of params) text += ` ${name}="${escapeParam(value)}"`
  return `${text}]`
}

export const escapeParam = (text: string): string =>
  /["\\\]\p{Cc}]/u.test(text) ? text.replace(/["\\\]]/g, '\\$&').replace(/\p{Cc}/gu, '\ufffd') : text
