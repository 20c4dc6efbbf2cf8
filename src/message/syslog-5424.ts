import { BLANK } from './ascii.ts'
import { remember } from './remember.ts'
import { parseStructuredData } from './structured-data.ts'
import type { SyslogMessage } from './syslog-message.ts'
import { parseTimestamp } from './timestamp.ts'

const BOM = 0xfeff

/**
 * Reads what follows `<PRI>1 ` by RFC 5424 §6. A timestamp that cannot be read counts as none.
 * @returns undefined when a field is missing, too long or not printable ASCII, or the structured data is malformed
 */
export const parse5424 = (text: string, at: number, priority: number): SyslogMessage | undefined => {
  const hostAt = text.indexOf(' ', at) + 1
  const dataAt = behindBlanks(text, hostAt, 4)
  const sender = hostAt < dataAt ? knownSender(text.slice(hostAt, dataAt)) : undefined
  const data = sender && parseStructuredData(text, dataAt)
  if (!data || (data.end < text.length && text.charCodeAt(data.end) !== BLANK)) return undefined
  return {
    priority,
    timeMs: parseTimestamp(text, at, hostAt - 1),
    hostname: sender.hostname,
    appName: sender.appName,
    procId: sender.procId,
    msgId: sender.msgId,
    elements: data.elements,
    text: text.slice(data.end + (text.charCodeAt(data.end + 1) === BOM ? 2 : 1)),
  }
}

/** Behind the blank number `count` from `at` on, or 0 where there are fewer. */
const behindBlanks = (text: string, at: number, count: number): number => {
  let end = at
  for (let left = count; left > 0; left -= 1) {
    const blank = text.indexOf(' ', end)
    if (blank < 0) return 0
    end = blank + 1
  }
  return end
}

type Sender = Pick<SyslogMessage, 'hostname' | 'appName' | 'procId' | 'msgId'>

const SENDER = /^([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) $/

/** From HOSTNAME to MSGID all messages of a kind are the same. */
const KEPT_SENDERS = 4096
const knownSender = remember(KEPT_SENDERS, (text): Sender | undefined => {
  const fields = SENDER.exec(text)
    ?.slice(1)
    .map((field) => (field === '-' ? undefined : field))
  return fields && { hostname: fields[0], appName: fields[1], procId: fields[2], msgId: fields[3] }
})
