import type { Event } from '../event.ts'
import type { RefusalReason } from '../message/refusal.ts'
import type { Gear, Script } from '../node/gear.ts'
import { type BudgetReason, isBudgetReason } from './budget.ts'
import type { BudgetSettings } from './budget-settings.ts'
import { describeScript, gearEvent } from './script-events.ts'

/** Why something that a script printed is dropped, besides what is wrong inside a line. */
export type DropReason = RefusalReason | BudgetReason | 'line-too-long' | 'line-unfinished'

interface Tally {
  count: number
  /** The script that was the first. */
  readonly script: Script
  /** The first piece that was refused, printable and short; empty when nobody has kept it. */
  readonly sample: string
}

/** Adds up what is refused in one gear and round. */
export interface Refusals {
  /** @param count pieces refused for this reason, all of one script */
  add(reason: DropReason, script: Script, refused: { readonly count?: number; readonly sample?: string }): void
  /** One event per reason. */
  events(gear: Gear, timeMs: number): readonly Event[]
}

export const createRefusals = (budgets: BudgetSettings): Refusals => {
  const tallies = new Map<DropReason, Tally>()
  return {
    add(reason, script, { count = 1, sample = '' }) {
      const tally = tallies.get(reason)
      if (tally) tally.count += count
      else tallies.set(reason, { count, script, sample })
    },
    events: (gear, timeMs) =>
      [...tallies].map(([reason, tally]) =>
        isBudgetReason(reason)
          ? exceededEvent(gear, timeMs, { reason, budgets, ...tally })
          : refusedEvent(gear, timeMs, { reason, ...tally }),
      ),
  }
}

const refusedEvent = (
  gear: Gear,
  timeMs: number,
  { reason, count, script, sample }: Tally & { readonly reason: DropReason },
): Event => {
  const example = sample === '' ? '' : `, first ${sample}`
  return gearEvent('lines-refused', gear, {
    timeMs,
    message: `${count} refused as ${reason}${example} (${describeScript(script)})`,
    details: [
      ['problem', reason],
      ['count', String(count)],
      ['sample', sample],
      ['script', script.path],
    ],
  })
}

const BUDGETS = {
  'lines-budget': ['linesPerRound', 'lines'],
  'bytes-budget': ['bytesPerRound', 'lines'],
  'pairs-budget': ['pairsPerRound', 'metrics'],
  'series-budget': ['series', 'metrics'],
  'label-budget': ['labelValues', 'metrics'],
} as const satisfies Readonly<Record<BudgetReason, readonly [keyof BudgetSettings, string]>>

const exceededEvent = (
  gear: Gear,
  timeMs: number,
  parts: Tally & { readonly reason: BudgetReason; readonly budgets: BudgetSettings },
): Event => {
  const { reason, budgets, count, script, sample } = parts
  const [setting, what] = BUDGETS[reason]
  const first = sample === '' ? '' : `, first ${sample}`
  return gearEvent('budget-exceeded', gear, {
    timeMs,
    message: `${count} ${what} dropped over budgets.${setting}=${budgets[setting]}${first} (${describeScript(script)})`,
    details: [
      ['problem', reason],
      ['limit', String(budgets[setting])],
      ['count', String(count)],
      ['culprit', script.cart ?? script.kind],
      ['sample', sample],
      ['script', script.path],
    ],
  })
}
