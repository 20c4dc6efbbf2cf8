import type { Gear, Script } from '../node/gear.ts'
import { createSeriesMemory, type SeriesMemory } from './budget.ts'
import { createScriptMemory, type ScriptMemory } from './script-memory.ts'

/** A gear whose turn did not come for so long is forgotten. */
const FORGET_MS = 3_600_000

/** What is known of one gear from one round to the next. */
export interface GearMemory {
  /** Of one of the gear's scripts. */
  script(script: Script): ScriptMemory
  readonly series: SeriesMemory
}

/** One script of a gear, as it was seen last. */
export interface RememberedScript extends Pick<Script, 'kind' | 'cart' | 'path' | 'args' | 'intervalMs'> {
  readonly gear: string
  /** When its gear had its last turn, Unix milliseconds. */
  readonly seenMs: number
  readonly memory: Readonly<ScriptMemory>
}

export interface GearMemories {
  /** Opens the memory of a gear whose turn it is. Scripts that it has no more are forgotten. */
  open(gear: Gear, nowMs: number): GearMemory
  scripts(): Iterable<RememberedScript>
  /** How many gears are remembered. */
  readonly size: number
}

interface Remembered {
  readonly seenMs: number
  readonly scripts: ReadonlyMap<string, { readonly identity: ScriptIdentity; readonly memory: ScriptMemory }>
  readonly series: SeriesMemory
}
type ScriptIdentity = Omit<RememberedScript, 'gear' | 'seenMs' | 'memory'>

export const createGearMemories = (): GearMemories => {
  // the gear that was seen last is at the end
  const gears = new Map<string, Remembered>()
  const forgetOld = (nowMs: number): void => {
    for (const [id, { seenMs }] of gears) {
      if (nowMs - seenMs < FORGET_MS) return
      gears.delete(id)
    }
  }
  return {
    open(gear, nowMs) {
      const { scripts: before, series = createSeriesMemory() } = gears.get(gear.id) ?? {}
      const memoryOf = (script: Script) => before?.get(keyOf(script))?.memory ?? createScriptMemory()
      const scripts = new Map(
        gear.scripts.map((script) => [keyOf(script), { identity: identityOf(script), memory: memoryOf(script) }]),
      )
      gears.delete(gear.id)
      gears.set(gear.id, { seenMs: nowMs, scripts, series })
      forgetOld(nowMs)
      return { script: (script) => scripts.get(keyOf(script))?.memory ?? createScriptMemory(), series }
    },
    *scripts() {
      for (const [gear, { seenMs, scripts }] of gears) {
        for (const { identity, memory } of scripts.values()) yield { gear, seenMs, ...identity, memory }
      }
    },
    get size() {
      return gears.size
    },
  }
}

const keyOf = ({ path, args }: Script): string => [path, ...args].join('\0')

// a script's environment is large, and may hold secrets
const identityOf = ({ kind, cart, path, args, intervalMs }: Script): ScriptIdentity => ({
  kind,
  path,
  args,
  ...(cart !== undefined && { cart }),
  ...(intervalMs !== undefined && { intervalMs }),
})
