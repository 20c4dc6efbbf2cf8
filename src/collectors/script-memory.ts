import { statSync } from 'node:fs'
import type { Contract } from '../contract.ts'
import type { Labels } from '../metric.ts'
import type { Script } from '../node/gear.ts'
import type { ScriptRun } from '../scripts/script-run.ts'
import { afterRoundLeftOut, afterRun, type Backoff, NO_BACKOFF, type RunResult, resultOf } from './backoff.ts'
import type { BackoffSettings } from './budget-settings.ts'

/** Rounds are at least 10 s apart and each a little late: half of that too early is on time. */
const EARLY_MS = 5000
/** Contracts are told again, as those who show metrics may have been started since. */
const REPEAT_MS = 600_000
/** How much is kept of the end of what a script wrote to standard error. */
const STDERR_CHARS = 1000

export interface LastRun extends Pick<ScriptRun, 'exitCode' | 'signal' | 'notStarted' | 'durationMs'> {
  readonly result: RunResult
  /** Unix milliseconds. */
  readonly endedMs: number
  /** The end of what it wrote to standard error. */
  readonly stderr: string
}

/** What is known of one script from one round to the next. */
export interface ScriptMemory {
  /** The turn in which it was run, Unix milliseconds. */
  ranMs?: number
  last?: LastRun
  backoff: Backoff
  /** What script and manifest looked like when it failed. */
  failedAs?: string
  told?: string
  toldMs?: number
}

export const createScriptMemory = (): ScriptMemory => ({ backoff: NO_BACKOFF })

/** `backed-off`: it would be due, but has failed too often to be run in this round. */
export type Turn = 'due' | 'not-due' | 'backed-off'

/** Asked once a round. A script without an interval is always due; one that has changed since it failed gets its chance at once. */
export const takeTurn = (memory: ScriptMemory, script: Script, nowMs: number): Turn => {
  if (memory.backoff.roundsLeft > 0) {
    if (memory.failedAs === appearanceOf(script)) {
      memory.backoff = afterRoundLeftOut(memory.backoff)
      return 'backed-off'
    }
    memory.backoff = NO_BACKOFF
  }
  const { ranMs } = memory
  const isDue =
    ranMs === undefined || script.intervalMs === undefined || hasPassed(script.intervalMs - EARLY_MS, ranMs, nowMs)
  return isDue ? 'due' : 'not-due'
}

export interface Ended {
  readonly run: ScriptRun
  /** Whether it says something of the script: not when the limit of its gear ended it, nor when we could not start it. */
  readonly isToBlame: boolean
  readonly settings: BackoffSettings
  readonly nowMs: number
}

/** Notes how a run has ended. @returns whether more rounds are left out from now on than were before */
export const noteRun = (memory: ScriptMemory, script: Script, ended: Ended): boolean => {
  const { run, isToBlame, settings, nowMs } = ended
  memory.last = lastRun(run, nowMs)
  const before = memory.backoff
  if (!isToBlame || memory.last.result === 'aborted') return false
  memory.backoff = afterRun(before, memory.last.result !== 'succeeded', settings)
  if (memory.backoff.rounds > 0) memory.failedAs = appearanceOf(script)
  return memory.backoff.rounds > before.rounds
}

const lastRun = (run: ScriptRun, endedMs: number): LastRun => {
  const { exitCode, signal, notStarted, durationMs, stderrTail } = run
  return {
    result: resultOf(run),
    endedMs,
    durationMs,
    stderr: stderrTail.trimEnd().slice(-STDERR_CHARS),
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    ...(notStarted !== undefined && { notStarted }),
  }
}

/** What tells a script from what it was before: its file, and what its manifest says. */
const appearanceOf = (script: Script): string =>
  JSON.stringify([fileOf(script.path), [...script.declarations.values()], script.intervalMs, script.timeoutMs])

const fileOf = (path: string): readonly number[] => {
  try {
    const { ino, size, mtimeMs, mode } = statSync(path)
    return [ino, size, mtimeMs, mode]
  } catch {
    return []
  }
}

/** What the script declares, when that is new, has changed, or was told long ago. */
export const contractsDue = (
  memory: ScriptMemory,
  script: Script,
  { labels, nowMs }: { readonly labels: Labels; readonly nowMs: number },
): readonly Contract[] => {
  const declarations = [...script.declarations.values()]
  const telling = JSON.stringify(declarations)
  const isKnown = memory.told === telling && memory.toldMs !== undefined
  if (declarations.length === 0 || (isKnown && !hasPassed(REPEAT_MS, memory.toldMs!, nowMs))) return []
  memory.told = telling
  memory.toldMs = nowMs
  return declarations.map((declaration) => ({ type: 'contract', declaration, timeMs: nowMs, labels }))
}

/** A clock that was set back makes everything due, as nobody knows how long it has been. */
const hasPassed = (ms: number, sinceMs: number, nowMs: number): boolean => nowMs - sinceMs >= ms || nowMs < sinceMs
