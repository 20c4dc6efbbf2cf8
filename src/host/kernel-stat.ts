import { TICKS_PER_SECOND } from './proc.ts'
import { wholeNumber, wholeNumbers, wordsOf } from './text.ts'

const CPU_FIELDS = [
  'user',
  'nice',
  'system',
  'idle',
  'iowait',
  'irq',
  'softirq',
  'steal',
  'guest',
  'guestNice',
] as const

/** Seconds since boot, of all CPUs together. `user` includes `guest`, `nice` includes `guestNice`. */
export type CpuTimes = Readonly<Record<(typeof CPU_FIELDS)[number], number>>

export interface KernelStat {
  readonly cpu: CpuTimes
  /** CPUs that are online. */
  readonly cpus: number
  /** Unix milliseconds. */
  readonly bootMs: number | undefined
  /** Processes and threads started since boot. */
  readonly forks: number | undefined
}

/** `stat`, see proc(5). Fields that old kernels lack are 0. */
export const parseKernelStat = (text: string): KernelStat | undefined => {
  const lines = text.split('\n')
  const ticks = wholeNumbers(wordsOf(restOf(lines, 'cpu ') ?? ''), 4)
  if (!ticks) return undefined
  const bootS = wholeNumber(restOf(lines, 'btime '))
  return {
    cpu: Object.fromEntries(CPU_FIELDS.map((name, at) => [name, (ticks[at] ?? 0) / TICKS_PER_SECOND])) as CpuTimes,
    cpus: lines.filter((line) => /^cpu\d/.test(line)).length,
    bootMs: bootS === undefined ? undefined : bootS * 1000,
    forks: wholeNumber(restOf(lines, 'processes ')),
  }
}

const restOf = (lines: readonly string[], start: string): string | undefined =>
  lines.find((line) => line.startsWith(start))?.slice(start.length)
