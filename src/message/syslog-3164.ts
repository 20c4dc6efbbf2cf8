import { readBsdStamp, type Stamp } from './bsd-stamp.ts'
import type { SyslogMessage } from './syslog-message.ts'
import { parseTimestamp } from './timestamp.ts'

/**
 * Reads what follows `<PRI>`: `Mmm dd hh:mm:ss HOST TAG[pid]: text` of RFC 3164 in the shapes in which it is seen. There
 * may be a router's counter before the date, an ISO time instead of it, a year behind it; the host may be missing, and
 * the tag. What cannot be read as a header is text.
 * @param nowMs tells the year, which is not sent, and so does the zone of this process
 */
export const parse3164 = (
  text: string,
  at: number,
  header: { readonly priority: number; readonly nowMs: number },
): SyslogMessage => {
  const stamp = readStamp(text, afterCounter(text, at), header.nowMs)
  const from = blankEnd(text, stamp?.end ?? at)
  const rest = stamp ? readSender(text, from) : { ...NO_TAG, hostname: undefined, textAt: from }
  return {
    priority: header.priority,
    timeMs: stamp?.timeMs,
    hostname: rest.hostname,
    appName: rest.appName,
    procId: rest.procId,
    msgId: undefined,
    elements: [],
    text: text.slice(rest.textAt),
  }
}

/** Routers count their messages, `123: `, and mark an unsure clock, `*` or `.`. */
const afterCounter = (text: string, at: number): number =>
  at + (/^(?:\d{1,10}: )?[*.]?/.exec(text.slice(at, at + 16))?.[0].length ?? 0)

const readStamp = (text: string, at: number, nowMs: number): Stamp | undefined =>
  readIsoStamp(text, at) ?? readBsdStamp(text, at, nowMs)

const readIsoStamp = (text: string, at: number): Stamp | undefined => {
  const end = wordEnd(text, at)
  const timeMs = parseTimestamp(text, at, end)
  return timeMs === undefined ? undefined : { timeMs, end }
}

interface Sender {
  readonly hostname: string | undefined
  readonly appName: string | undefined
  readonly procId: string | undefined
  readonly textAt: number
}

/** A word that ends in `:` or `]` is the tag, one before it is the host. What ends in neither stays text, lest text be lost. */
const readSender = (text: string, at: number): Sender => {
  const tag = readTag(text, at, TAG_WORD)
  if (tag) return { hostname: undefined, ...tag }
  const hostEnd = wordEnd(text, at)
  const hostname = text.slice(at, hostEnd)
  if (!/^[A-Za-z0-9._:-]{1,255}$/.test(hostname)) return { ...NO_TAG, hostname: undefined, textAt: at }
  const next = blankEnd(text, hostEnd)
  return { hostname, ...(readTag(text, next, TAG) ?? { ...NO_TAG, textAt: next }) }
}

const NO_TAG = { appName: undefined, procId: undefined }
const TAG = /^(?<name>[A-Za-z0-9_./-]{1,48})(?:\[(?<pid>[!-Z\\^-~]{0,128})\]:?|:)/
/** Where a host may stand as well, colons inside belong to an IPv6 address. */
const TAG_WORD = new RegExp(`${TAG.source}(?= |$)`)

const readTag = (text: string, at: number, pattern: RegExp): Omit<Sender, 'hostname'> | undefined => {
  const found = pattern.exec(text.slice(at, at + 200))
  if (!found) return undefined
  const textAt = blankEnd(text, at + found[0].length)
  return { appName: found.groups?.name, procId: found.groups?.pid || undefined, textAt }
}

const wordEnd = (text: string, at: number): number => {
  const blank = text.indexOf(' ', at)
  return blank < 0 ? text.length : blank
}

/** Behind the one blank that separates. */
const blankEnd = (text: string, at: number): number => (text[at] === ' ' ? at + 1 : at)
