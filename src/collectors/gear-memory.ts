import type { Contract } from '../contract.ts'
import type { Gear, Script } from '../node/gear.ts'
import { labelsOf } from './script-events.ts'

/** Rounds are at least 10 s apart and each a little late: half of that too early is on time. */
const EARLY_MS = 5000
/** Contracts are told again, as those who show metrics may have been started since. */
const REPEAT_MS = 600_000
/** A gear whose turn did not come for so long is forgotten. */
const FORGET_MS = 3_600_000

interface ScriptMemory {
  ranMs?: number
  toldMs?: number
  told?: string
}

/** What is to be known of one gear's scripts from one round to the next. */
export interface GearMemory {
  /** Whether `intervalMs` has passed since the script ran; a script without one is always due. */
  readonly isDue: (script: Script) => boolean
  readonly ran: (script: Script) => void
  /** What the script declares, when that is new, has changed, or was told long ago. */
  readonly contractsDue: (script: Script) => readonly Contract[]
}

export interface GearMemories {
  /** Opens the memory of a gear whose turn it is. Scripts that it has no more are forgotten. */
  open(gear: Gear, nowMs: number): GearMemory
  /** How many gears are remembered. */
  readonly size: number
}

export const createGearMemories = (): GearMemories => {
  // the gear that was seen last is at the end
  const gears = new Map<string, { readonly seenMs: number; readonly scripts: Map<string, ScriptMemory> }>()
  const forgetOld = (nowMs: number): void => {
    for (const [id, { seenMs }] of gears) {
      if (nowMs - seenMs < FORGET_MS) return
      gears.delete(id)
    }
  }
  return {
    open(gear, nowMs) {
      const before = gears.get(gear.id)?.scripts
      const scripts = new Map(gear.scripts.map((script) => [keyOf(script), before?.get(keyOf(script)) ?? {}]))
      gears.delete(gear.id)
      gears.set(gear.id, { seenMs: nowMs, scripts })
      forgetOld(nowMs)
      return memoryOf(gear, scripts, nowMs)
    },
    get size() {
      return gears.size
    },
  }
}

const keyOf = ({ path, args }: Script): string => [path, ...args].join('\0')

const memoryOf = (gear: Gear, scripts: ReadonlyMap<string, ScriptMemory>, nowMs: number): GearMemory => {
  const of = (script: Script): ScriptMemory => scripts.get(keyOf(script)) ?? {}
  return {
    isDue(script) {
      const { ranMs } = of(script)
      return (
        ranMs === undefined || script.intervalMs === undefined || hasPassed(script.intervalMs - EARLY_MS, ranMs, nowMs)
      )
    },
    ran(script) {
      of(script).ranMs = nowMs
    },
    contractsDue(script) {
      const memory = of(script)
      const declarations = [...script.declarations.values()]
      const telling = JSON.stringify(declarations)
      const isKnown = memory.told === telling && memory.toldMs !== undefined
      if (declarations.length === 0 || (isKnown && !hasPassed(REPEAT_MS, memory.toldMs!, nowMs))) return []
      memory.told = telling
      memory.toldMs = nowMs
      const labels = labelsOf(gear, script)
      return declarations.map((declaration) => ({ type: 'contract', declaration, timeMs: nowMs, labels }))
    },
  }
}

/** A clock that was set back makes everything due, as nobody knows how long it has been. */
const hasPassed = (ms: number, sinceMs: number, nowMs: number): boolean => nowMs - sinceMs >= ms || nowMs < sinceMs
