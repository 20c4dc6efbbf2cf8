import type { Script } from '../node/gear.ts'
import type { ScriptRun } from '../scripts/script-run.ts'
import { type RunResult, resultOf } from './backoff.ts'
import type { GearBudgetName } from './budget.ts'

export type BudgetName = GearBudgetName | 'script_time' | 'gear_time' | 'slots'

/** Of all runs of scripts of one kind. */
export interface KindFigures {
  readonly runs: ReadonlyMap<RunResult, number>
  /** All of them together. */
  readonly timeMs: number
  /** Runs of which a process may still be there. */
  readonly leaks: number
  /** The longest one since these figures were taken before. */
  readonly longestMs: number
}

export interface ScriptFigures {
  readonly kinds: ReadonlyMap<Script['kind'], KindFigures>
  /** The most that anybody has used of each budget since these figures were taken before, 1 being all of it. */
  readonly used: ReadonlyMap<BudgetName, number>
}

/** Adds up what is to be known of the runs of all gears. */
export interface ScriptMeter {
  ran(kind: Script['kind'], run: Pick<ScriptRun, 'output' | 'outcome' | 'durationMs' | 'leaked'>): void
  used(budget: BudgetName, share: number): void
  /** What has been so far; the maxima begin anew. */
  take(): ScriptFigures
}

interface OpenKind extends KindFigures {
  readonly runs: Map<RunResult, number>
  timeMs: number
  leaks: number
  longestMs: number
}

export const createScriptMeter = (): ScriptMeter => {
  const kinds = new Map<Script['kind'], OpenKind>()
  let used = new Map<BudgetName, number>()
  return {
    ran(kind, run) {
      const figures = kinds.get(kind) ?? { runs: new Map(), timeMs: 0, leaks: 0, longestMs: 0 }
      kinds.set(kind, figures)
      const result = resultOf(run)
      figures.runs.set(result, (figures.runs.get(result) ?? 0) + 1)
      figures.timeMs += run.durationMs
      if (run.leaked) figures.leaks += 1
      figures.longestMs = Math.max(figures.longestMs, run.durationMs)
    },
    used(budget, share) {
      used.set(budget, Math.max(used.get(budget) ?? 0, share))
    },
    take() {
      const taken = { kinds: new Map([...kinds].map(([kind, figures]) => [kind, { ...figures }])), used }
      for (const figures of kinds.values()) figures.longestMs = 0
      used = new Map()
      return taken
    },
  }
}
