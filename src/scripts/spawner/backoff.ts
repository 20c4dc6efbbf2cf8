import type { Clock } from '../../clock.ts'

/** When to try again what failed: at once, then after a second, then each time after twice as long, up to a minute. */
export interface Backoff {
  isOver(): boolean
  /** @param sinceMs when what failed now had begun: one that lasted long is the first failure again */
  failed(sinceMs: number): void
}

const FIRST_MS = 1000
const LONGEST_MS = 60_000

export const createBackoff = ({ now }: Pick<Clock, 'now'>): Backoff => {
  let failures = 0
  let notBeforeMs = Number.NEGATIVE_INFINITY
  return {
    isOver: () => now() >= notBeforeMs,
    failed(sinceMs) {
      failures = now() - sinceMs > LONGEST_MS ? 1 : failures + 1
      if (failures > 1) notBeforeMs = now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 2))
    },
  }
}
