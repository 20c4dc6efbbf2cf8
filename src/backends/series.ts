import type { Labels, Metric } from '../metric.ts'

// labels of one gear are one map for many metrics
const keys = new WeakMap<Labels, string>()

/** The same for equal labels in any order, different for different ones. */
export const labelsKey = (labels: Labels): string => {
  const known = keys.get(labels)
  if (known !== undefined) return known
  const key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
  keys.set(labels, key)
  return key
}

/** Tells one series from another: its labels and its name. */
export const seriesKey = ({ name, labels }: Metric): string => labelsKey(labels) + name
