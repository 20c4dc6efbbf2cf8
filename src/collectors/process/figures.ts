import { TICKS_PER_SECOND } from '../../host/proc.ts'
import { processStates } from '../../host/process.ts'
import { counter, type Figure, gauge } from '../figure.ts'
import type { ProcessMemory } from './memories.ts'
import type { Tally } from './tally.ts'

/** When a pass was made. */
export interface PassTime {
  readonly timeMs: number
  /** Since boot, the clock of a process's start. */
  readonly uptimeS: number
}

/** Everything that is said of one gear's processes, in the names of OpenTelemetry; sums where it does not say otherwise. */
export const figuresOf = (tally: Tally, memory: ProcessMemory, time: PassTime): readonly Figure[] => {
  const { oldestTicks, nearest } = tally
  const uptimeS = oldestTicks === undefined ? undefined : Math.max(time.uptimeS - oldestTicks / TICKS_PER_SECOND, 0)
  return [
    gauge('process.thread.count', '{thread}', tally.threads),
    // what processes share counts for each of them, as a sum over ps(1) does
    gauge('process.memory.usage', 'By', tally.rssBytes),
    gauge('process.memory.virtual', 'By', tally.virtualBytes),
    gauge('process.unix.file_descriptor.count', '{file_descriptor}', tally.openFiles),
    // of the process that is nearest to its limit: the limit holds for each alone
    gauge('process.unix.file_descriptor.limit', '{file_descriptor}', nearest?.limit),
    gauge('process.unix.file_descriptor.utilization', '1', nearest?.ratio),
    // of the oldest process
    gauge('process.uptime', 's', uptimeS === undefined ? undefined : Math.round(uptimeS * 100) / 100),
    ...cpuFigures(tally, memory, { ...time, oldestS: uptimeS }),
    ...countFigures(tally, memory),
  ]
}

const cpuFigures = (
  { processes }: Tally,
  memory: ProcessMemory,
  { timeMs, uptimeS, oldestS }: PassTime & { readonly oldestS: number | undefined },
): readonly Figure[] => {
  memory.startMs ??= oldestS === undefined ? undefined : Math.round(timeMs - oldestS * 1000)
  const { userTicks, systemTicks } = memory.cpuTime.advance(processes, uptimeS * TICKS_PER_SECOND)
  return [
    counter('process.cpu.time', 's', userTicks / TICKS_PER_SECOND, { mode: 'user' }),
    counter('process.cpu.time', 's', systemTicks / TICKS_PER_SECOND, { mode: 'system' }),
  ].map((figure) => ({ ...figure, startMs: memory.startMs }))
}

const countFigures = ({ states }: Tally, memory: ProcessMemory): readonly Figure[] => {
  for (const state of states.keys()) memory.states.add(state)
  return processStates
    .filter((state) => memory.states.has(state))
    .map((state) => gauge('process.count', '{process}', states.get(state) ?? 0, { state }))
}
