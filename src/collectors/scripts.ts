import type { Gear, Script } from '../node/gear.ts'
import { concurrencyOf } from '../scripts/settings.ts'
import { createSlots } from '../scripts/slots.ts'
import type { Emit } from '../signal.ts'
import { type Budget, openBudget } from './budget.ts'
import type { BudgetSettings } from './budget-settings.ts'
import type { Collector } from './collector.ts'
import type { GearMemories, GearMemory } from './gear-memory.ts'
import { createRefusals } from './refusals.ts'
import { labelsOf, problemEvents } from './script-events.ts'
import { contractsDue, takeTurn } from './script-memory.ts'
import type { ScriptMeter } from './script-meter.ts'
import { runMetrics } from './script-metrics.ts'
import { runTurn, type Turn, type TurnParts } from './script-turn.ts'

export interface ScriptCollectorParts extends TurnParts {
  readonly budgets: BudgetSettings
  readonly memories: GearMemories
}

/**
 * Runs the scripts of gears: one after the other inside a gear, cartridges first and the action hook last, as they share the
 * gear's limit; gears beside each other. Hence one collector for both kinds; each metric names its own, `cartridge` or `hook`.
 */
export const createScriptCollector = (parts: ScriptCollectorParts): Collector => {
  const { clock, memories, budgets, meter } = parts
  const takeSlot = createMeteredSlots(concurrencyOf(parts.scripts), meter)

  const collectGear = async (gear: Gear, emit: Emit, abort: AbortSignal): Promise<void> => {
    const nowMs = clock.now()
    const memory = memories.open(gear, nowMs)
    emitAny(emit, problemEvents(gear, nowMs))
    const due = scriptsDue(parts, { gear, memory, emit, nowMs })
    if (due.length === 0) return
    const refusals = createRefusals(budgets)
    const budget = openBudget(memory.series, budgets, nowMs)
    const turn: Turn = { gear, nowMs, due, emit, abort, refusals, budget, memory }
    await takeSlot(() => runTurn(parts, turn), abort)
    emitAny(emit, refusals.events(gear, clock.now()))
    noteUse(meter, budget)
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

const createMeteredSlots = (size: number, meter: ScriptMeter) => {
  const slots = createSlots(size)
  let taken = 0
  return (task: () => Promise<void>, abort: AbortSignal) =>
    slots.run(async () => {
      taken += 1
      meter.used('slots', taken / size)
      try {
        await task()
      } finally {
        taken -= 1
      }
    }, abort)
}

const noteUse = (meter: ScriptMeter, budget: Budget): void => {
  for (const [name, share] of budget.used()) meter.used(name, share)
}

interface Opened {
  readonly gear: Gear
  readonly memory: GearMemory
  readonly emit: Emit
  readonly nowMs: number
}

/** The scripts to be run now, in their order. What they declare is told, and which of them are backed off. */
const scriptsDue = ({ tellsRuns }: TurnParts, { gear, memory, emit, nowMs }: Opened): readonly Script[] =>
  inOrder(gear.scripts).filter((script) => {
    const known = memory.script(script)
    emitAny(emit, contractsDue(known, script, { labels: labelsOf(gear, script), nowMs }))
    const turn = takeTurn(known, script, nowMs)
    if (turn === 'backed-off' && tellsRuns) emit(runMetrics(gear, script, { timeMs: nowMs, isBackedOff: true }))
    return turn === 'due'
  })

const inOrder = (scripts: readonly Script[]): readonly Script[] =>
  scripts.toSorted((a, b) => Number(a.kind === 'hook') - Number(b.kind === 'hook'))

const emitAny = (emit: Emit, signals: Parameters<Emit>[0]): void => {
  if (signals.length > 0) emit(signals)
}
