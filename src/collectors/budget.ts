import type { Labels } from '../metric.ts'
import type { BudgetSettings } from './budget-settings.ts'
import { createRecentHashes, hashOf, type RecentHashes, type RecentRules } from './recent-hashes.ts'

/** Why something is dropped that is good in itself. */
const budgetReasons = ['lines-budget', 'bytes-budget', 'pairs-budget', 'series-budget', 'label-budget'] as const
export type BudgetReason = (typeof budgetReasons)[number]

export const isBudgetReason = (reason: string): reason is BudgetReason =>
  (budgetReasons as readonly string[]).includes(reason)

/** What is known of a gear's series from one round to the next. */
export interface SeriesMemory {
  readonly series: RecentHashes
  /** Values by the hash of their label's name. */
  readonly labelValues: Map<number, RecentHashes>
}

export const createSeriesMemory = (): SeriesMemory => ({ series: createRecentHashes(), labelValues: new Map() })

/** Different names of labels that one gear may use; more would need as many sets of values. */
const MOST_LABEL_NAMES = 32

/** How much of a budget a gear has used, 1 being all of it. */
export type GearBudgetName = 'lines' | 'bytes' | 'pairs' | 'series' | 'label_values'

/** What is left to one gear in one round. Each question counts what it is asked about, and answers why not, if not. */
export interface Budget {
  /** @param bytes with the end of the line */
  line(bytes: number): BudgetReason | undefined
  /** @param labels those of the author */
  labels(labels: Labels): BudgetReason | undefined
  /** @param scope tells whose it is and how it is labelled */
  pair(name: string, scope: string): BudgetReason | undefined
  used(): ReadonlyMap<GearBudgetName, number>
}

export const openBudget = (memory: SeriesMemory, limits: BudgetSettings, nowMs: number): Budget => {
  const rulesOf = (limit: number): RecentRules => ({ limit, windowMs: limits.seriesWindowSeconds * 1000, nowMs })
  const seriesRules = rulesOf(limits.series)
  const valueRules = rulesOf(limits.labelValues)
  const counted = { lines: 0, bytes: 0, pairs: 0 }

  return {
    line(bytes) {
      if (counted.lines >= limits.linesPerRound) return 'lines-budget'
      if (counted.bytes + bytes > limits.bytesPerRound) return 'bytes-budget'
      counted.lines += 1
      counted.bytes += bytes
      return undefined
    },
    labels(labels) {
      for (const [name, value] of labels) {
        if (!valuesOf(memory, name, valueRules)?.admit(hashOf(value), valueRules)) return 'label-budget'
      }
      return undefined
    },
    pair(name, scope) {
      if (counted.pairs >= limits.pairsPerRound) return 'pairs-budget'
      counted.pairs += 1
      return memory.series.admit(hashOf(name, hashOf(scope)), seriesRules) ? undefined : 'series-budget'
    },
    used() {
      const values = [...memory.labelValues.values()].map((known) => known.count(valueRules))
      return new Map([
        ['lines', counted.lines / limits.linesPerRound],
        ['bytes', counted.bytes / limits.bytesPerRound],
        ['pairs', counted.pairs / limits.pairsPerRound],
        ['series', memory.series.count(seriesRules) / limits.series],
        ['label_values', Math.max(0, ...values) / limits.labelValues],
      ])
    },
  }
}

/** Undefined when there is no room for one more name. */
const valuesOf = ({ labelValues }: SeriesMemory, name: string, rules: RecentRules): RecentHashes | undefined => {
  const key = hashOf(name)
  const known = labelValues.get(key)
  if (known) return known
  if (labelValues.size >= MOST_LABEL_NAMES) {
    for (const [old, values] of labelValues) if (values.count(rules) === 0) labelValues.delete(old)
  }
  if (labelValues.size >= MOST_LABEL_NAMES) return undefined
  const values = createRecentHashes()
  labelValues.set(key, values)
  return values
}
