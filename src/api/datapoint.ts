import type { Labels, Metric } from '../metric.ts'

/** One figure as the DC/OS metrics API tells it. */
interface Datapoint {
  readonly name: string
  readonly value: number
  /** A word such as `bytes`; '' when it is not known. */
  readonly unit: string
  /** RFC 3339, whole seconds, UTC. */
  readonly timestamp: string
  readonly tags?: Readonly<Record<string, string>>
}

/** Whom the figures are of. `mesos_id` and `hostname`, here both the node, are always there. */
interface Dimensions {
  readonly mesos_id: string
  readonly container_id?: string
  readonly hostname: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface MetricsMessage {
  readonly datapoints: readonly Datapoint[]
  readonly dimensions: Dimensions
}

/** Labels that say whose a metric is go to the dimensions, the others become tags. */
const OWNER_LABELS = ['app', 'appName', 'ns']
const DIMENSIONS = new Set([...OWNER_LABELS, 'gear', 'node'])

/** Undefined without metrics. The dimensions are those of the metric measured last. */
export const toMessage = (metrics: readonly Metric[]): MetricsMessage | undefined => {
  const [first, ...rest] = metrics
  if (!first) return undefined
  const newest = rest.reduce((best, metric) => (metric.timeMs > best.timeMs ? metric : best), first)
  return { datapoints: metrics.map(toDatapoint), dimensions: toDimensions(newest.labels) }
}

const toDatapoint = ({ name, value, unit, timeMs, labels }: Metric): Datapoint => {
  const tags = [...labels].filter(([key, text]) => !DIMENSIONS.has(key) && text !== '')
  const point = { name, value, unit: unitWord(unit), timestamp: formatSeconds(timeMs) }
  return tags.length > 0 ? { ...point, tags: Object.fromEntries(tags) } : point
}

const toDimensions = (labels: Labels): Dimensions => {
  const node = labels.get('node') ?? ''
  const gear = labels.get('gear')
  const owner = OWNER_LABELS.flatMap((key) => (labels.get(key) ? [[key, labels.get(key)!] as const] : []))
  return {
    mesos_id: node,
    ...(gear !== undefined && { container_id: gear }),
    hostname: node,
    ...(owner.length > 0 && { labels: Object.fromEntries(owner) }),
  }
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['By', 'bytes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['%', 'percent'],
  ['1', 'count'],
])

/** The words of DC/OS for UCUM units; `{thread}` is a count. */
const unitWord = (unit = ''): string => WORDS.get(unit) ?? (/^\{.*\}$/.test(unit) ? 'count' : unit)

/** The largest time that a Date holds, ECMA-262 §21.4.1.1. */
const MAX_TIME_MS = 8.64e15

/** RFC 3339, UTC, whole seconds. */
export const formatSeconds = (timeMs: number): string =>
  new Date(Math.max(-MAX_TIME_MS, Math.min(MAX_TIME_MS, timeMs))).toISOString().replace(/\.\d+Z$/, 'Z')
