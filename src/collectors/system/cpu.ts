import type { HostFacts } from '../../host/host.ts'
import type { CpuTimes } from '../../host/kernel-stat.ts'
import { counter, type Figure, gauge, ratio } from '../figure.ts'

const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'interrupt', 'steal'] as const
/** Seconds of all CPUs together. Virtual machines' time is part of user and nice, so that the sum is all time. */
export type ModeTimes = Readonly<Record<(typeof MODES)[number], number>>

const modeTimesOf = ({ user, nice, system, idle, iowait, irq, softirq, steal }: CpuTimes): ModeTimes => ({
  user,
  nice,
  system,
  idle,
  iowait,
  interrupt: irq + softirq,
  steal,
})

/** The kernel lets idle and iowait step back a little, see proc(5): a fall by more means that a CPU went away. */
const JITTER_S = 3

/** The times that are to be told, given those told before: none falls by a little, which would look like a new beginning. */
export const steadied = (now: ModeTimes, before: ModeTimes | undefined): ModeTimes => {
  if (!before) return now
  const steady = (mode: keyof ModeTimes): number =>
    now[mode] < before[mode] && before[mode] - now[mode] < JITTER_S ? before[mode] : now[mode]
  return mapModes(steady)
}

/** Part of all CPU time that went into each mode between two looks; all undefined when none passed. */
export const utilizationOf = (
  now: ModeTimes,
  before: ModeTimes,
): Readonly<Record<keyof ModeTimes, number | undefined>> => {
  const spent = mapModes((mode) => Math.max(now[mode] - before[mode], 0))
  const all = MODES.reduce((sum, mode) => sum + spent[mode], 0)
  return mapModes((mode) => ratio(spent[mode], all))
}

const mapModes = <T>(of: (mode: keyof ModeTimes) => T): Record<keyof ModeTimes, T> =>
  Object.fromEntries(MODES.map((mode) => [mode, of(mode)])) as Record<keyof ModeTimes, T>

/** Remembers the look before. */
export const createCpuFigures = (): ((facts: HostFacts) => readonly Figure[]) => {
  let before: ModeTimes | undefined
  return ({ stat }) => {
    if (!stat) return []
    const now = steadied(modeTimesOf(stat.cpu), before)
    const utilization = before && utilizationOf(now, before)
    before = now
    return [
      gauge('system.cpu.count', '{cpu}', stat.cpus),
      { ...counter('system.process.created', '{process}', stat.forks), startMs: stat.bootMs },
      ...MODES.flatMap((mode) => [
        { ...counter('system.cpu.time', 's', now[mode], { mode }), startMs: stat.bootMs },
        gauge('system.cpu.utilization', '1', utilization?.[mode], { mode }),
      ]),
    ]
  }
}
