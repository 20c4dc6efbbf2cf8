import { systemClock } from '../clock.ts'
import { createGearMemories, type GearMemories } from '../collectors/gear-memory.ts'
import { createScriptMeter, type ScriptMeter } from '../collectors/script-meter.ts'
import { createSelf, type Self } from '../gather/self.ts'
import type { RelayLoad } from '../gather/self-figures.ts'
import type { Ledger } from '../ledger.ts'
import type { Relay } from '../relay/relay.ts'
import type { GatherdSettings } from './settings.ts'

/** What is known of the gears' scripts, and outlives a change of the settings. */
export interface Knowledge {
  readonly memories: GearMemories
  readonly meter: ScriptMeter
}

export const knowNothing = (): Knowledge => ({ memories: createGearMemories(), meter: createScriptMeter() })

export const selfOf = (known: Knowledge, ledger: Ledger, relay: () => RelayLoad): Self =>
  createSelf({ ...known, ledger, relay, clock: systemClock })

export const loadOf = ({ waiting }: Relay, { relay }: GatherdSettings): RelayLoad => ({
  ...waiting,
  limitBytes: relay.bufferBytes,
})
