import type { Clock } from '../clock.ts'
import type { Ledger } from '../ledger.ts'
import type { Gear, Script } from '../node/gear.ts'
import type { RunScript, ScriptRun } from '../scripts/script-run.ts'
import type { ScriptSettings } from '../scripts/settings.ts'
import type { Emit } from '../signal.ts'
import type { Budget } from './budget.ts'
import type { BackoffSettings } from './budget-settings.ts'
import type { GearMemory } from './gear-memory.ts'
import type { Refusals } from './refusals.ts'
import { backedOffEvent, gearTimedOutEvent, runEvent } from './script-events.ts'
import { createLineReader } from './script-lines.ts'
import { noteRun } from './script-memory.ts'
import type { ScriptMeter } from './script-meter.ts'
import { runMetrics } from './script-metrics.ts'

export interface TurnParts {
  readonly scripts: ScriptSettings
  readonly backoff: BackoffSettings
  readonly run: RunScript
  readonly clock: Pick<Clock, 'now'>
  readonly ledger: Ledger
  readonly meter: ScriptMeter
  /** Names that a script may not write: `attributionLabels` and the keys of METRICS_METADATA. */
  readonly reserved: ReadonlySet<string>
  /** Whether each run's duration and success are emitted as metrics of its gear. */
  readonly tellsRuns: boolean
}

/** One gear's turn in a round. */
export interface Turn {
  readonly gear: Gear
  /** When it came, Unix milliseconds. */
  readonly nowMs: number
  /** In the order in which they run. */
  readonly due: readonly Script[]
  readonly emit: Emit
  /** Nothing more is begun then; what runs ends within its own limits. */
  readonly abort: AbortSignal
  readonly refusals: Refusals
  readonly budget: Budget
  readonly memory: GearMemory
}

/** A script that fails costs only itself; the limit of the gear ends its turn. */
export const runTurn = async (parts: TurnParts, turn: Turn): Promise<void> => {
  const { gear, due, emit, abort } = turn
  const { gearTimeoutMs, timeoutMs } = parts.scripts
  let leftMs = gearTimeoutMs
  for (const [at, script] of due.entries()) {
    if (abort.aborted) return
    const wantedMs = script.timeoutMs ?? timeoutMs
    const limitMs = Math.min(wantedMs, leftMs)
    const run = await runOne(parts, turn, { script, limitMs })
    leftMs -= run.durationMs
    parts.meter.used('script_time', run.durationMs / wantedMs)
    parts.meter.used('gear_time', (gearTimeoutMs - leftMs) / gearTimeoutMs)
    const left = due.length - at - 1
    const isGearsLimit = run.outcome === 'timed-out' && limitMs < wantedMs
    judge(parts, turn, { script, run, isItsOwn: !isGearsLimit })
    if (isGearsLimit || (leftMs <= 0 && left > 0)) {
      emit([gearTimedOutEvent(gear, script, { timeMs: parts.clock.now(), limitMs: gearTimeoutMs, left })])
      return
    }
  }
}

/** A round that ends does not cut short what it has begun. */
const NEVER = new AbortController().signal

const runOne = async (
  { run, scripts, ledger, reserved, clock, meter }: TurnParts,
  { gear, nowMs, emit, refusals, budget, memory }: Turn,
  { script, limitMs }: { readonly script: Script; readonly limitMs: number },
): Promise<ScriptRun> => {
  const lines = createLineReader(gear, script, { emit, ledger, refusals, budget, reserved, now: clock.now })
  const limits = { ...scripts, timeoutMs: limitMs }
  memory.script(script).ranMs = nowMs
  const result = await run(script, gear, { limits, abort: NEVER, onLine: lines.take })
  lines.end(result)
  meter.ran(script.kind, result)
  return result
}

/** Tells what came of a run. */
const judge = (
  { clock, backoff: settings, tellsRuns }: TurnParts,
  { gear, emit, memory }: Turn,
  { script, run, isItsOwn }: { readonly script: Script; readonly run: ScriptRun; readonly isItsOwn: boolean },
): void => {
  const nowMs = clock.now()
  const known = memory.script(script)
  const event = isItsOwn ? runEvent(gear, script, { run, timeMs: nowMs }) : undefined
  if (event) emit([event])
  const isToBlame = isItsOwn && run.notStarted !== 'out-of-resources'
  if (noteRun(known, script, { run, isToBlame, settings, nowMs })) {
    emit([backedOffEvent(gear, script, { run, timeMs: nowMs, backoff: known.backoff })])
  }
  if (tellsRuns) emit(runMetrics(gear, script, { run, timeMs: nowMs, isBackedOff: known.backoff.rounds > 0 }))
}
