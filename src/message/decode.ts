import { attributionLabels, type Labels, type Metric } from '../metric.ts'
import type { Signal } from '../signal.ts'
import { NO_LABELS } from './line-draft.ts'
import { type LineRules, parseMetricText } from './metric-line.ts'
import { OUR_ID } from './our-data.ts'
import type { Refused } from './refusal.ts'
import { ownCopy, remember } from './remember.ts'
import { GEAR_ID } from './structured-data.ts'
import { parseSyslog } from './syslog.ts'
import type { SyslogMessage } from './syslog-message.ts'
import { readSignals } from './trusted.ts'

/**
 * not-a-metric: a message of something else, of no interest; malformed-syslog: neither RFC 5424 nor anything older;
 * malformed-data: the structured data `oo@32473` does not fit itself or the text; malformed-content: the pairs that it
 * announces cannot be read; untrusted-event: an event or contract from where attribution is not believed.
 */
export const frameReasons = [
  'not-a-metric',
  'malformed-syslog',
  'malformed-data',
  'malformed-content',
  'untrusted-event',
] as const
export type FrameReason = (typeof frameReasons)[number]

export type Decoded =
  | {
      readonly status: 'signals'
      /** May be empty: every pair was refused. */
      readonly signals: readonly Signal[]
      /** The sender's id of this frame; one that was seen already is a double. */
      readonly id?: string
      readonly refused: readonly Refused[]
    }
  /** ignored: not meant for us; refused: meant for us and not to be used. */
  | { readonly status: 'ignored' | 'refused'; readonly reason: FrameReason }

export interface DecodeOptions {
  /** The frame came by a way on which attribution is believed. */
  readonly mayAttribute: boolean
  /** Unix milliseconds, for a message without a time or a year. */
  readonly nowMs: number
}

/** Reads one syslog message without its framing. Never throws, whatever the bytes are. */
export const decodeFrame = (frame: Buffer, { mayAttribute, nowMs }: DecodeOptions): Decoded => {
  const message = parseSyslog(frame, nowMs)
  if (!message) return { status: 'refused', reason: 'malformed-syslog' }
  const data = mayAttribute ? paramsOf(message, OUR_ID) : undefined
  if (!data) return decodePushed(message, mayAttribute, nowMs)
  const signals = readSignals({
    type: message.msgId,
    text: message.text,
    data,
    labels: paramsOf(message, GEAR_ID) ?? NO_LABELS,
  })
  if (typeof signals === 'string') return { status: 'refused', reason: signals }
  const id = data.get('id')
  // ids are remembered for long, their messages are not
  return { status: 'signals', signals, refused: [], ...(id !== undefined && { id: ownCopy(id) }) }
}

const paramsOf = ({ elements }: SyslogMessage, id: string): ReadonlyMap<string, string> | undefined => {
  for (const element of elements) if (element.id === id) return element.params
  return undefined
}

const PUSHED: LineRules = { typeRequired: true, reserved: new Set(attributionLabels) }

/** A line that someone else wrote: its words are its author's, so it cannot say where it comes from. */
const decodePushed = (message: SyslogMessage, mayAttribute: boolean, nowMs: number): Decoded => {
  const { text, hostname, timeMs = nowMs } = message
  if (/^type=(?:event|contract)(?: |$)/.test(text)) return { status: 'refused', reason: 'untrusted-event' }
  const line = parseMetricText(text, PUSHED)
  if (!line.isMetric) return { status: 'ignored', reason: 'not-a-metric' }
  const labels = mayAttribute && hostname !== undefined ? withNode(hostname, line.labels) : line.labels
  const signals = line.pairs.map(
    ({ name, value }): Metric => ({ type: 'metric', name, value, kind: 'gauge', timeMs, labels }),
  )
  return { status: 'signals', signals, refused: line.refused }
}

const KEPT_NODES = 1024
const nodeLabels = remember(KEPT_NODES, (hostname): Labels => new Map([['node', hostname]]))

/** Messages of one node that have no labels of their own share one map. */
const withNode = (hostname: string, labels: Labels): Labels => {
  const node = nodeLabels(hostname) ?? NO_LABELS
  return labels.size === 0 ? node : new Map([...node, ...labels])
}
