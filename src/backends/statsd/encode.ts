import type { Metric } from '../../metric.ts'
import type { Refusal } from '../backend.ts'

/** plain: names alone; key-prefix: labels before the name; datadog-tags: labels as tags of DogStatsD 1.0. */
export const dialects = ['plain', 'key-prefix', 'datadog-tags'] as const

export interface EncodeOptions {
  readonly dialect: (typeof dialects)[number]
  /** `{label}` stands for the value of a label: `{ns}.{app}`. */
  readonly prefix: string
  /** Most bytes of a packet. */
  readonly maxPacketBytes: number
}

export interface Encoded {
  readonly packets: readonly Buffer[]
  readonly refused: readonly Refusal[]
}

/**
 * Writes metrics as StatsD datagrams (lines joined by LF, https://github.com/statsd/statsd/blob/master/docs/metric_types.md).
 * gauge → g, counter, which must be an increase, → c, timer → ms.
 */
export const encode = (batch: readonly Metric[], options: EncodeOptions): Encoded => {
  const refused: Refusal[] = []
  const lines: Buffer[] = []
  for (const metric of batch) {
    const line = Buffer.from(formatMetric(metric, options))
    if (line.length > options.maxPacketBytes) refused.push({ metric, reason: 'larger-than-packet' })
    else if (metric.kind === 'timer' && metric.value < 0) refused.push({ metric, reason: 'negative-timer' })
    else lines.push(line)
  }
  return { packets: pack(lines, options.maxPacketBytes), refused }
}

const LF = Buffer.from('\n')

const pack = (lines: readonly Buffer[], maxBytes: number): Buffer[] => {
  const packets: Buffer[] = []
  let parts: Buffer[] = []
  let bytes = 0
  for (const line of lines) {
    if (parts.length > 0 && bytes + 1 + line.length > maxBytes) {
      packets.push(Buffer.concat(parts))
      parts = []
      bytes = 0
    }
    if (parts.length > 0) parts.push(LF)
    parts.push(line)
    bytes += line.length + (parts.length > 1 ? 1 : 0)
  }
  if (parts.length > 0) packets.push(Buffer.concat(parts))
  return packets
}

const formatMetric = (metric: Metric, options: EncodeOptions): string => {
  const { dialect, prefix } = options
  const name = sanitize(metric.name)
  if (dialect === 'datadog-tags') return `${name}:${formatValue(metric)}${formatTags(metric)}`
  const key = dialect === 'key-prefix' ? `${fillPrefix(prefix, metric)}.${name}` : name
  // a sign makes the value of a gauge a change, so a negative level is a change from 0
  const fromZero = metric.kind === 'gauge' && metric.value < 0 ? `${key}:0|g\n` : ''
  return `${fromZero}${key}:${formatValue(metric)}`
}

const formatValue = ({ kind, value, unit }: Metric): string => {
  switch (kind) {
    case 'gauge':
      return `${value}|g`
    case 'counter':
      return `${value}|c`
    case 'timer':
      return `${toMilliseconds(value, unit)}|ms`
  }
}

const toMilliseconds = (value: number, unit: string | undefined): number => {
  switch (unit) {
    case 'h':
      return value * 3_600_000
    case 'min':
      return value * 60_000
    case 's':
      return value * 1000
    case 'us':
      return value / 1000
    case 'ns':
      return value / 1_000_000
    default:
      return value
  }
}

/** A label that is missing still takes its place, so that a path has the same depth for every metric. */
const MISSING = 'none'

const fillPrefix = (template: string, { labels }: Metric): string =>
  template.replace(/\{([^{}]*)\}/g, (_, label: string) => sanitize(labels.get(label) || MISSING).replaceAll('.', '_'))

const formatTags = ({ labels }: Metric): string => {
  const tags: string[] = []
  // a value may hold a colon: readers split at the first one
  for (const [key, value] of labels) if (value !== '') tags.push(`${sanitize(key)}:${sanitizeTagValue(value)}`)
  return tags.length > 0 ? `|#${tags.join(',')}` : ''
}

/** What StatsD separates by, blanks and control characters become `_`. */
const sanitize = (text: string): string => text.replace(/[\s\p{Cc}:|@#,]/gu, '_')
const sanitizeTagValue = (text: string): string => text.replace(/[\s\p{Cc}|@#,]/gu, '_')
