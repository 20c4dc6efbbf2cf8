/** A gear whose turn did not come for so long is forgotten. */
const FORGET_MS = 3_600_000

/** What was measured of each gear the last time, forgotten after an hour. */
export interface Previous<T extends { readonly timeMs: number }> {
  /** Puts the newest in place of the last one, and gives that one back. */
  replace(gear: string, newest: T): T | undefined
  /** How many gears are remembered. */
  readonly size: number
}

export const createPrevious = <T extends { readonly timeMs: number }>(): Previous<T> => {
  // the gear that was measured last is at the end
  const gears = new Map<string, T>()
  return {
    replace(gear, newest) {
      for (const [id, { timeMs }] of gears) {
        if (newest.timeMs - timeMs < FORGET_MS) break
        gears.delete(id)
      }
      const last = gears.get(gear)
      gears.delete(gear)
      gears.set(gear, newest)
      return last
    },
    get size() {
      return gears.size
    },
  }
}
