import type { ProcessState } from '../../host/process.ts'
import { type CpuTimeMemory, createCpuTimeMemory } from './cpu-time.ts'

/** What is to be known of a gear's processes from one round to the next. */
export interface ProcessMemory {
  readonly cpuTime: CpuTimeMemory
  /** Told from the first sight on, so that most gears need not say five numbers where one will do. */
  readonly states: Set<ProcessState>
  /** When the oldest process was started that was there at the first look; Unix milliseconds. */
  startMs: number | undefined
}

export interface ProcessMemories {
  /** @returns undefined for a gear that was never seen to have a process */
  find(id: string): ProcessMemory | undefined
  open(id: string): ProcessMemory
  /** Forgets gears that are no more, when they have been gone for an hour: one that is back must not count anew. */
  retain(ids: ReadonlySet<string>, nowMs: number): void
  readonly size: number
}

const FORGET_MS = 3_600_000

export const createProcessMemories = (): ProcessMemories => {
  const memories = new Map<string, ProcessMemory>()
  const goneMs = new Map<string, number>()
  return {
    find: (id) => memories.get(id),
    open(id) {
      const memory = memories.get(id) ?? {
        cpuTime: createCpuTimeMemory(),
        states: new Set(['running', 'sleeping'] as const),
        startMs: undefined,
      }
      memories.set(id, memory)
      return memory
    },
    retain(ids, nowMs) {
      for (const id of memories.keys()) {
        const sinceMs = ids.has(id) ? undefined : (goneMs.get(id) ?? nowMs)
        if (sinceMs === undefined) goneMs.delete(id)
        else goneMs.set(id, sinceMs)
        if (sinceMs === undefined || nowMs - sinceMs < FORGET_MS) continue
        memories.delete(id)
        goneMs.delete(id)
      }
    },
    get size() {
      return memories.size
    },
  }
}
