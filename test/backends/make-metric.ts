import type { Metric } from '../../src/metric.ts'

export const TIME_MS = Date.UTC(2026, 10, 21, 5, 30, 0, 123)

export interface MetricChanges extends Omit<Partial<Metric>, 'labels'> {
  readonly labels?: Readonly<Record<string, string>>
}

/** A gauge of gear aa11 for tests that need a metric but do not care which. */
export const makeMetric = ({ labels, ...changes }: MetricChanges = {}): Metric => ({
  type: 'metric',
  name: 'thread.count',
  value: 5,
  kind: 'gauge',
  timeMs: TIME_MS,
  collector: 'cartridge',
  labels: new Map(
    Object.entries(labels ?? { gear: 'aa11', app: 'ap11', appName: 'shop', ns: 'acme', cart: 'php', node: 'n1' }),
  ),
  ...changes,
})
