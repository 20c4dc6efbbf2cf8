import type { Clock } from '../../clock.ts'

/** Scripts that ran when a spawner hung or died: one of them may have been the cause. */
export interface Suspects {
  add(path: string): void
  has(path: string): boolean
}

const FOR_MS = 3_600_000
const MOST = 1000

export const createSuspects = ({ now }: Pick<Clock, 'now'>): Suspects => {
  /** Until when, oldest first. */
  const until = new Map<string, number>()
  return {
    add(path) {
      until.delete(path)
      until.set(path, now() + FOR_MS)
      const [oldest] = until.keys()
      if (until.size > MOST && oldest !== undefined) until.delete(oldest)
    },
    has(path) {
      const end = until.get(path)
      if (end !== undefined && now() >= end) until.delete(path)
      return until.has(path)
    },
  }
}
