import { formatBsdStamp } from './bsd-stamp.ts'
import type { TextType } from './format.ts'
import { APP_NAME } from './our-data.ts'

export interface HeaderOptions {
  /** rfc3164 carries the text alone: no structured data, a time without year and zone. */
  readonly format: 'rfc5424' | 'rfc3164'
  readonly hostname: string
  readonly procId: string
  /** facility · 8 + severity */
  readonly priority: number
}

/** All that stands before the structured data (RFC 5424), or before the text (RFC 3164), with the blank between. */
export const formatHeader = (type: TextType, timeMs: number, options: HeaderOptions): string => {
  const host = headerField(options.hostname, 255)
  const procId = headerField(options.procId, 128)
  return options.format === 'rfc5424'
    ? `<${options.priority}>1 ${isoTime(timeMs)} ${host} ${APP_NAME} ${procId} ${type} `
    : `<${options.priority}>${formatBsdStamp(timeMs)} ${host} ${APP_NAME}[${procId}]: `
}

/** The nil value for a time that RFC 3339 cannot write. */
const isoTime = (timeMs: number): string => {
  const isWritable = timeMs >= Date.UTC(0, 0) && timeMs < Date.UTC(10_000, 0)
  return isWritable ? new Date(timeMs).toISOString() : '-'
}

const headerField = (text: string, maxChars: number): string => text.replace(/[^!-~]/g, '_').slice(0, maxChars) || '-'
