import { CR, LESS, LF, ZERO } from './ascii.ts'
import { parse3164 } from './syslog-3164.ts'
import { parse5424 } from './syslog-5424.ts'
import { DEFAULT_PRIORITY, type SyslogMessage } from './syslog-message.ts'
import { decodeText } from './text.ts'
import { digitsAt } from './timestamp.ts'

const MAX_PRIORITY = 191

const NO_HEADER: Omit<SyslogMessage, 'text'> = {
  priority: DEFAULT_PRIORITY,
  timeMs: undefined,
  hostname: undefined,
  appName: undefined,
  procId: undefined,
  msgId: undefined,
  elements: [],
}

/**
 * Reads one syslog message without its framing, of RFC 5424 or RFC 3164; what has no priority is text alone.
 * Bytes that are not UTF-8 become U+FFFD.
 * @param nowMs tells the year of an RFC 3164 time
 * @returns undefined for a malformed RFC 5424 message; anything else can be read as RFC 3164
 */
export const parseSyslog = (frame: Buffer, nowMs: number): SyslogMessage | undefined => {
  const { text } = decodeText(withoutTrailer(frame))
  const at = priorityEnd(text)
  if (at === 0) return { ...NO_HEADER, text }
  const priority = digitsAt(text, 1, at - 2)
  return isVersion1(text, at) ? parse5424(text, at + 2, priority) : parse3164(text, at, { priority, nowMs })
}

/** Senders end messages with NUL, LF or CR LF whatever the framing. */
const withoutTrailer = (frame: Buffer): Buffer => {
  let end = frame.length
  while (end > 0 && (frame[end - 1] === LF || frame[end - 1] === CR || frame[end - 1] === 0)) end -= 1
  return end === frame.length ? frame : frame.subarray(0, end)
}

/** Just behind `<PRI>`, or 0 without a valid one: 0 to 191, no leading zeros. */
const priorityEnd = (text: string): number => {
  if (text.charCodeAt(0) !== LESS) return 0
  const close = text.indexOf('>', 2)
  if (close < 2 || close > 4 || (text.charCodeAt(1) === ZERO && close > 2)) return 0
  return digitsAt(text, 1, close - 1) <= MAX_PRIORITY ? close + 1 : 0
}

/** Version and a timestamp must follow, else it is a text that happens to begin with `1 `. */
const isVersion1 = (text: string, at: number): boolean =>
  text.startsWith('1 ', at) && (text.startsWith('- ', at + 2) || digitsAt(text, at + 2, 4) >= 0)
