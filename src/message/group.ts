import type { Contract } from '../contract.ts'
import type { Event } from '../event.ts'
import type { Labels, Metric } from '../metric.ts'
import type { Signal } from '../signal.ts'
import { isName } from './name.ts'
import { isSdName } from './structured-data.ts'
import { MAX_TIME_MS } from './timestamp.ts'

/** Metrics that can share a message. */
export interface MetricGroup {
  readonly type: 'metric'
  readonly timeMs: number
  readonly collector: string | undefined
  readonly labels: Labels
  readonly metrics: Metric[]
}

export type Group = MetricGroup | Event | Contract

export const unfitReasons = ['bad-name', 'not-finite', 'bad-time'] as const
export type UnfitReason = (typeof unfitReasons)[number]

/**
 * Why a signal can never be written.
 * @param headWords names that, as a metric's, would be read as part of the head
 */
export const unfitReason = (signal: Signal, headWords: ReadonlySet<string>): UnfitReason | undefined => {
  if (!(Math.abs(signal.timeMs) <= MAX_TIME_MS)) return 'bad-time'
  if (signal.type === 'contract') return isName(signal.declaration.name) ? undefined : 'bad-name'
  if (signal.type === 'event') return undefined
  if (!isName(signal.name) || headWords.has(signal.name) || signal.name.startsWith('label.')) return 'bad-name'
  if (!(Math.abs(signal.startMs ?? 0) <= MAX_TIME_MS)) return 'bad-time'
  return Number.isFinite(signal.value) ? undefined : 'not-finite'
}

/** Metrics of equal labels, time and collector together, events and contracts alone, in order of first appearance. */
export const groupSignals = (signals: readonly Signal[]): readonly Group[] => {
  const groups: Group[] = []
  const known = new Map<string, MetricGroup>()
  const keys = new Map<Labels, string>()
  for (const signal of signals) {
    if (signal.type !== 'metric') {
      groups.push(signal)
      continue
    }
    const { timeMs, collector, labels } = signal
    // most metrics of a call hold the very same map
    const labelsKey = keys.get(labels) ?? JSON.stringify([...labels])
    keys.set(labels, labelsKey)
    const key = `${timeMs} ${JSON.stringify(collector)} ${labelsKey}`
    const group = known.get(key) ?? { type: 'metric', timeMs, collector, labels, metrics: [] }
    if (group.metrics.length === 0) {
      known.set(key, group)
      groups.push(group)
    }
    group.metrics.push(signal)
  }
  return groups
}

/** The labels that RFC 5424 can carry; the same map where that is all of them. */
export const writableLabels = (labels: Labels): Labels => {
  const written = [...labels].filter(([name]) => isSdName(name))
  return written.length === labels.size ? labels : new Map(written)
}
