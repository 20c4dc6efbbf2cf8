import type { Labels, Metric, MetricKind } from '../metric.ts'

/** A metric before it is said whose it is. A value that is not known, or is no number, is left out. */
export interface Figure {
  readonly name: string
  readonly value: number | undefined
  readonly kind: MetricKind
  /** UCUM. */
  readonly unit: string
  /** What tells it from others of the same name, besides whose it is. */
  readonly labels?: Readonly<Record<string, string>>
  readonly startMs?: number | undefined
}

export const gauge = (name: string, unit: string, value: number | undefined, labels?: Figure['labels']): Figure => ({
  name,
  value,
  kind: 'gauge',
  unit,
  ...(labels ? { labels } : {}),
})

export const counter = (name: string, unit: string, value: number | undefined, labels?: Figure['labels']): Figure => ({
  ...gauge(name, unit, value, labels),
  kind: 'counter',
})

/** `used` of `limit` as 0 to 1; undefined where there is no limit. */
export const ratio = (used: number | undefined, limit: number | undefined): number | undefined =>
  used === undefined || limit === undefined || limit <= 0 ? undefined : used / limit

/** Puts figures into the words of the house. */
export const metricsOf = (
  figures: readonly Figure[],
  { collector, timeMs, labels }: { readonly collector: string; readonly timeMs: number; readonly labels: Labels },
): readonly Metric[] =>
  figures.flatMap(({ name, value, kind, unit, labels: own, startMs }) => {
    if (value === undefined || !Number.isFinite(value)) return []
    const start = startMs === undefined ? {} : { startMs }
    // the same map for all that has no labels of its own: the encoder then need not compare them
    const all = own ? new Map([...labels, ...Object.entries(own)]) : labels
    return [{ type: 'metric', name, value, kind, unit, timeMs, ...start, collector, labels: all }]
  })
