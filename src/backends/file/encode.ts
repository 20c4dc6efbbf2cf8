import type { Metric } from '../../metric.ts'

/** One JSON object a line, each ended by LF; absent fields are left out. `time` is RFC 3339, UTC. */
export const encode = (batch: readonly Metric[]): string => batch.map((metric) => `${encodeMetric(metric)}\n`).join('')

const encodeMetric = ({ name, value, kind, unit, timeMs, startMs, collector, labels }: Metric): string =>
  JSON.stringify({
    time: formatTime(timeMs),
    name,
    value,
    kind,
    unit,
    start: startMs === undefined ? undefined : formatTime(startMs),
    collector,
    labels: Object.fromEntries(labels),
  })

/** The largest time that a Date holds: 275760-09-13, ECMA-262 §21.4.1.1. */
const MAX_TIME_MS = 8.64e15

const formatTime = (timeMs: number): string =>
  new Date(Math.max(-MAX_TIME_MS, Math.min(MAX_TIME_MS, timeMs))).toISOString()
