import type { GearMemories, RememberedScript } from './gear-memory.ts'
import type { LastRun } from './script-memory.ts'

/** How one script stands, for those who ask the daemon. */
export interface ScriptState {
  readonly gear: string
  readonly kind: string
  readonly cart?: string
  readonly path: string
  readonly args: readonly string[]
  /** Bad runs in a row. */
  readonly failures: number
  /** Rounds that will still be left out. */
  readonly roundsLeft: number
  /** When it is run next, about, Unix milliseconds; absent where nobody can know. */
  readonly dueMs?: number
  /** Absent before its first run. */
  readonly last?: LastRun
}

/** @param roundMs from one round to the next; undefined when a cron expression says that */
export const scriptStates = (memories: GearMemories, roundMs: number | undefined): readonly ScriptState[] =>
  [...memories.scripts()].map((script) => stateOf(script, roundMs))

const stateOf = (script: RememberedScript, roundMs: number | undefined): ScriptState => {
  const { gear, kind, cart, path, args, memory } = script
  const { failures, roundsLeft } = memory.backoff
  const dueMs = dueMsOf(script, roundMs)
  return {
    gear,
    kind,
    path,
    args,
    failures,
    roundsLeft,
    ...(cart !== undefined && { cart }),
    ...(dueMs !== undefined && { dueMs }),
    ...(memory.last && { last: memory.last }),
  }
}

const dueMsOf = ({ seenMs, intervalMs = 0, memory }: RememberedScript, roundMs: number | undefined) => {
  if (roundMs === undefined) return undefined
  const byRounds = seenMs + (memory.backoff.roundsLeft + 1) * roundMs
  return Math.max(byRounds, (memory.ranMs ?? 0) + intervalMs)
}
