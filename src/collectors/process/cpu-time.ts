import type { ProcessLook } from './tally.ts'

/** CPU time of a gear in ticks; never less than before. */
interface CpuTime {
  readonly userTicks: number
  readonly systemTicks: number
}

type Seen = Pick<ProcessLook, 'startTicks' | 'userTicks' | 'systemTicks'>

/**
 * CPU time of a gear since its oldest process was started that was there at the first look. A process that ended keeps its
 * share as of the last look. What one uses after that look, and one that lives from start to end between two looks, is
 * missed: the gear's cgroup, where there is one, knows better.
 */
export interface CpuTimeMemory {
  /**
   * Takes what was seen now.
   * @param nowTicks since boot, when the look began
   */
  advance(processes: readonly ProcessLook[], nowTicks: number): CpuTime
}

export const createCpuTimeMemory = (): CpuTimeMemory => {
  let alive = new Map<string, Seen>()
  let lookedTicks = Number.NEGATIVE_INFINITY
  let total: CpuTime = { userTicks: 0, systemTicks: 0 }

  const before = (look: ProcessLook): Pick<Seen, 'userTicks' | 'systemTicks'> => {
    const seen = alive.get(look.pid)
    if (seen?.startTicks === look.startTicks) return seen
    // was there when it was not ours to see: what it used until now may have been counted
    return look.startTicks < lookedTicks ? look : { userTicks: 0, systemTicks: 0 }
  }

  return {
    advance(processes, nowTicks) {
      for (const look of processes) {
        const { userTicks, systemTicks } = before(look)
        total = {
          userTicks: total.userTicks + Math.max(look.userTicks - userTicks, 0),
          systemTicks: total.systemTicks + Math.max(look.systemTicks - systemTicks, 0),
        }
      }
      alive = new Map(processes.map((look) => [look.pid, seenOf(look)]))
      lookedTicks = nowTicks
      return total
    },
  }
}

const seenOf = ({ startTicks, userTicks, systemTicks }: ProcessLook): Seen => ({ startTicks, userTicks, systemTicks })
