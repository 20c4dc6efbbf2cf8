import { seriesKey } from '../backends/series.ts'
import type { Metric } from '../metric.ts'
import { keepNewest } from './oldest.ts'

/**
 * Why there is no increase. first-sight: the value before is not known; stale: the time is not newer than that of the value
 * before; negative: no counter has such a value; history-lost: it fell though its source says it began before that value, so
 * it is not known what was added.
 */
export type NoIncrease = 'first-sight' | 'stale' | 'negative' | 'history-lost'

export interface IncreaseLimits {
  readonly maxSeries: number
  readonly lifeMs: number
}

interface Last {
  readonly value: number
  readonly timeMs: number
  readonly seenMs: number
}

/**
 * Turns cumulative counters into what was added since the value before. A start after the value before means that the source
 * began anew, from 0, and so does a smaller value where no start is told; a value whose time is not newer is late or a double, never a reset.
 */
export class Increases {
  readonly #limits: IncreaseLimits
  /** The one that was renewed longest ago comes first. */
  readonly #lasts = new Map<string, Last>()

  constructor(limits: IncreaseLimits) {
    this.#limits = limits
  }

  /** @returns a counter whose `startMs` is the time of the value before */
  of(metric: Metric, nowMs: number): Metric | NoIncrease {
    const { value, timeMs, startMs } = metric
    if (value < 0) return 'negative'
    const key = seriesKey(metric)
    const last = this.#known(key, nowMs)
    if (last && timeMs <= last.timeMs) return 'stale'
    this.#keep(key, { value, timeMs, seenMs: nowMs })
    if (!last) return 'first-sight'
    const isReset = startMs === undefined ? value < last.value : startMs > last.timeMs
    if (!isReset && value < last.value) return 'history-lost'
    return { ...metric, value: isReset ? value : value - last.value, startMs: last.timeMs }
  }

  #known(key: string, nowMs: number): Last | undefined {
    const last = this.#lasts.get(key)
    return last && nowMs - last.seenMs <= this.#limits.lifeMs ? last : undefined
  }

  #keep(key: string, last: Last): void {
    this.#lasts.delete(key)
    this.#lasts.set(key, last)
    keepNewest(this.#lasts, this.#limits.maxSeries)
  }
}
