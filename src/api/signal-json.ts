import type { Event } from '../event.ts'
import type { Metric } from '../metric.ts'

/** A metric as our own API tells it; times are Unix milliseconds, absent fields are left out. */
export const metricToJson = (metric: Metric): Record<string, unknown> => {
  const { type: _, labels, ...rest } = metric
  return { ...rest, labels: Object.fromEntries(labels) }
}

export const eventToJson = (event: Event): Record<string, unknown> => {
  const { type: _, labels, details, ...rest } = event
  return { ...rest, labels: Object.fromEntries(labels), details: Object.fromEntries(details) }
}
