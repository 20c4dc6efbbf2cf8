/**
 * Names and values that tell one series from another, in the order in which they are written.
 * A map, not an object: tenants choose names such as `__proto__` and `42`.
 */
export type Labels = ReadonlyMap<string, string>

/** gauge: a level; counter: cumulative since `startMs`; timer: one observation. */
export const metricKinds = ['gauge', 'counter', 'timer'] as const
export type MetricKind = (typeof metricKinds)[number]

/** One measured number. */
export interface Metric {
  readonly type: 'metric'
  /** Dotted, as its author wrote it: `thread.count`. */
  readonly name: string
  /** Finite. */
  readonly value: number
  readonly kind: MetricKind
  /** UCUM as in OpenTelemetry: `By`, `s`, `ms`, `1`, `%`, `{thread}`. */
  readonly unit?: string
  /** Unix time of the measurement, milliseconds. */
  readonly timeMs: number
  /** When a counter's source started, Unix milliseconds. */
  readonly startMs?: number
  /** Who measured it: `cartridge`, `hook`, `cgroup` …; absent for what was pushed. */
  readonly collector?: string
  readonly labels: Labels
}

/**
 * The labels of attribution. We write them, a tenant never does.
 * Further ones can come from METRICS_METADATA in node.conf.
 */
export const attributionLabels = ['gear', 'app', 'appName', 'ns', 'cart', 'node'] as const
