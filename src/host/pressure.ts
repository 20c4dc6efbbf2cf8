export const pressureResources = ['cpu', 'io', 'memory'] as const
export type PressureResource = (typeof pressureResources)[number]

/** How long work stood still for want of a resource. */
export interface Stall {
  /** Part of the last 10 seconds, 0 to 1. */
  readonly share10s: number
  /** Seconds since boot, or since the cgroup was made. */
  readonly totalS: number
}

/** `some`: at least one task waited; `full`: all of them did at once. */
export interface Pressure {
  readonly some: Stall | undefined
  readonly full: Stall | undefined
}

/** `pressure/cpu` and its like, also of a cgroup: `some avg10=0.38 avg60=16.75 avg300=32.16 total=333526939`. */
export const parsePressure = (text: string): Pressure => ({ some: stallOf(text, 'some'), full: stallOf(text, 'full') })

const stallOf = (text: string, kind: 'some' | 'full'): Stall | undefined => {
  const [, average, total] = new RegExp(`^${kind} avg10=([\\d.]+) .*total=(\\d+)$`, 'm').exec(text) ?? []
  return average && total ? { share10s: hundredth(Number(average)), totalS: Number(total) / 1e6 } : undefined
}

/** A percentage of two decimals as a ratio, without the noise of a division. */
const hundredth = (percentage: number): number => Math.round(percentage * 100) / 10_000
