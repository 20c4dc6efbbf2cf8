import type { Event } from '../event.ts'
import type { RefusalReason } from '../message/refusal.ts'
import type { Gear, Script } from '../node/gear.ts'
import { describeScript, gearEvent } from './script-events.ts'

/** Why something that a script printed is dropped, besides what is wrong inside a line. */
export type DropReason = RefusalReason | 'line-too-long' | 'line-unfinished'

interface Tally {
  count: number
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

export const createRefusals = (): Refusals => {
  const tallies = new Map<DropReason, Tally>()
  return {
    add(reason, script, { count = 1, sample = '' }) {
      const tally = tallies.get(reason)
      if (tally) tally.count += count
      else tallies.set(reason, { count, script, sample })
    },
    events: (gear, timeMs) => [...tallies].map(([reason, tally]) => refusedEvent(gear, timeMs, reason, tally)),
  }
}

const refusedEvent = (gear: Gear, timeMs: number, reason: DropReason, { count, script, sample }: Tally): Event => {
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
