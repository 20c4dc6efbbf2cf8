/** What was used at some moments of the last hour. */
export interface Trend {
  /** @param used in any unit */
  add(timeMs: number, used: number): void
  /**
   * Seconds until `room` more is used up if it goes on as in the last hour. Undefined while that is not known for five
   * minutes, while usage does not grow, and where it is more than a year: then it means nothing.
   */
  secondsUntil(room: number): number | undefined
}

const WINDOW_MS = 3_600_000
const LEAST_MS = 300_000
const MOST_SAMPLES = 120
const YEAR_S = 31_536_000

interface Sample {
  readonly timeMs: number
  readonly used: number
}

export const createTrend = (): Trend => {
  let samples: readonly Sample[] = []
  return {
    add(timeMs, used) {
      const last = samples.at(-1)
      if (last && timeMs < last.timeMs) samples = []
      // rounds can be 10 s apart: more samples would say no more
      if (last && timeMs - last.timeMs < WINDOW_MS / MOST_SAMPLES / 2 && samples.length > 1) return
      samples = [...samples, { timeMs, used }]
        .filter((sample) => timeMs - sample.timeMs <= WINDOW_MS)
        .slice(-MOST_SAMPLES)
    },
    secondsUntil(room) {
      const [first, last] = [samples[0], samples.at(-1)]
      if (!first || !last || last.timeMs - first.timeMs < LEAST_MS) return undefined
      const perSecond = slopeOf(samples) * 1000
      if (!(perSecond > 0)) return undefined
      const seconds = Math.max(room, 0) / perSecond
      return seconds <= YEAR_S ? seconds : undefined
    },
  }
}

/** Slope of the straight line with the least squares of distances, per millisecond. */
const slopeOf = (samples: readonly Sample[]): number => {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [timeMean, usedMean] = [mean(({ timeMs }) => timeMs), mean(({ used }) => used)]
  const covariance = mean(({ timeMs, used }) => (timeMs - timeMean) * (used - usedMean))
  return covariance / mean(({ timeMs }) => (timeMs - timeMean) ** 2)
}
