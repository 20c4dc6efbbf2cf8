import type { Clock } from '../clock.ts'
import type { Ledger } from '../ledger.ts'
import type { Gear, Script } from '../node/gear.ts'
import type { RunScript, ScriptRun } from '../scripts/script-run.ts'
import { concurrencyOf, type ScriptSettings } from '../scripts/settings.ts'
import { createSlots } from '../scripts/slots.ts'
import type { Emit } from '../signal.ts'
import type { Collector } from './collector.ts'
import { createGearMemories, type GearMemory } from './gear-memory.ts'
import { createRefusals, type Refusals } from './refusals.ts'
import { gearTimedOutEvent, problemEvents, runEvent } from './script-events.ts'
import { createLineReader } from './script-lines.ts'

export interface ScriptCollectorParts {
  readonly scripts: ScriptSettings
  readonly run: RunScript
  readonly clock: Pick<Clock, 'now'>
  readonly ledger: Ledger
  /** Names that a script may not write: `attributionLabels` and the keys of METRICS_METADATA. */
  readonly reserved: ReadonlySet<string>
}

/** One gear's turn in a round. */
interface Turn {
  readonly gear: Gear
  /** In the order in which they run. */
  readonly due: readonly Script[]
  readonly emit: Emit
  readonly abort: AbortSignal
  readonly refusals: Refusals
  readonly memory: GearMemory
}

/**
 * Runs the scripts of gears: one after the other inside a gear, cartridges first and the action hook last, as they share the
 * gear's limit; gears beside each other. Hence one collector for both kinds; each metric names its own, `cartridge` or `hook`.
 */
export const createScriptCollector = (parts: ScriptCollectorParts): Collector => {
  const slots = createSlots(concurrencyOf(parts.scripts))
  const memories = createGearMemories()

  const collectGear = async (gear: Gear, emit: Emit, abort: AbortSignal): Promise<void> => {
    const nowMs = parts.clock.now()
    const memory = memories.open(gear, nowMs)
    const scripts = inOrder(gear.scripts)
    emitAny(emit, problemEvents(gear, nowMs))
    for (const script of scripts) emitAny(emit, memory.contractsDue(script))
    const due = scripts.filter(memory.isDue)
    if (due.length === 0) return
    const refusals = createRefusals()
    await slots.run(() => runTurn(parts, { gear, due, emit, abort, refusals, memory }), abort)
    emitAny(emit, refusals.events(gear, parts.clock.now()))
  }

  return {
    name: 'scripts',
    scope: 'gear',
    async collect(gears, emit, abort) {
      const awake = gears.filter(({ resting }) => resting === undefined)
      await Promise.all(awake.map((gear) => collectGear(gear, emit, abort)))
    },
  }
}

const inOrder = (scripts: readonly Script[]): readonly Script[] =>
  scripts.toSorted((a, b) => Number(a.kind === 'hook') - Number(b.kind === 'hook'))

const emitAny = (emit: Emit, signals: Parameters<Emit>[0]): void => {
  if (signals.length > 0) emit(signals)
}

/** A script that fails costs only itself; the limit of the gear ends its turn. */
const runTurn = async (parts: ScriptCollectorParts, turn: Turn): Promise<void> => {
  const { gear, due, emit, abort } = turn
  const { gearTimeoutMs, timeoutMs } = parts.scripts
  let leftMs = gearTimeoutMs
  for (const [at, script] of due.entries()) {
    if (abort.aborted) return
    const wantedMs = script.timeoutMs ?? timeoutMs
    const grantedMs = Math.min(wantedMs, leftMs)
    const run = await runOne(parts, turn, { script, timeoutMs: grantedMs })
    const timeMs = parts.clock.now()
    leftMs -= run.durationMs
    const left = due.length - at - 1
    const isGearsLimit = run.outcome === 'timed-out' && grantedMs < wantedMs
    const event = isGearsLimit ? undefined : runEvent(gear, script, { run, timeMs })
    if (event) emit([event])
    if (isGearsLimit || (leftMs <= 0 && left > 0)) {
      emit([gearTimedOutEvent(gear, script, { timeMs, limitMs: gearTimeoutMs, left })])
      return
    }
  }
}

const runOne = async (
  { run, scripts, ledger, reserved, clock }: ScriptCollectorParts,
  { gear, emit, abort, refusals, memory }: Turn,
  { script, timeoutMs }: { readonly script: Script; readonly timeoutMs: number },
): Promise<ScriptRun> => {
  const lines = createLineReader(gear, script, { emit, ledger, refusals, reserved, now: clock.now })
  memory.ran(script)
  const result = await run(script, gear, { limits: { ...scripts, timeoutMs }, abort, onLine: lines.take })
  lines.end(result)
  return result
}
