import type { ScriptRun } from '../scripts/script-run.ts'
import type { BackoffSettings } from './budget-settings.ts'

/** How a script has fared of late. */
export interface Backoff {
  /** Bad runs in a row. */
  readonly failures: number
  /** Rounds that are left out after the last run. */
  readonly rounds: number
  /** How many of them are still to come. */
  readonly roundsLeft: number
}

export const NO_BACKOFF: Backoff = { failures: 0, rounds: 0, roundsLeft: 0 }

/** @param isBad whether the run that has just ended was a bad one */
export const afterRun = (
  { failures }: Backoff,
  isBad: boolean,
  { afterFailures, maxRounds }: BackoffSettings,
): Backoff => {
  if (!isBad) return NO_BACKOFF
  const over = failures + 1 - afterFailures
  const rounds = over < 0 ? 0 : Math.min(maxRounds, 2 ** over)
  return { failures: failures + 1, rounds, roundsLeft: rounds }
}

export const afterRoundLeftOut = (backoff: Backoff): Backoff => ({ ...backoff, roundsLeft: backoff.roundsLeft - 1 })

/** How runs are counted: `cut` printed more than it may, and is not asked what else it did. */
export const runResults = ['succeeded', 'failed', 'timed-out', 'not-started', 'cut', 'aborted'] as const
export type RunResult = (typeof runResults)[number]

export const resultOf = ({ output, outcome }: Pick<ScriptRun, 'output' | 'outcome'>): RunResult =>
  output === 'whole' ? outcome : 'cut'
