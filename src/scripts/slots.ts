/** Lets at most so many tasks run at once; those that wait are begun in the order in which they came. */
export interface Slots {
  /** Runs `task` when a slot is free; undefined when `abort` fires before that. */
  run<T>(task: () => Promise<T>, abort: AbortSignal): Promise<T | undefined>
}

export const createSlots = (size: number): Slots => {
  let free = size
  const waiting = new Set<() => void>()

  /** Resolves to whether a slot was got. */
  const take = (abort: AbortSignal): Promise<boolean> => {
    if (abort.aborted) return Promise.resolve(false)
    if (free > 0) {
      free -= 1
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const leave = (got: boolean): void => {
        waiting.delete(begin)
        abort.removeEventListener('abort', giveUp)
        resolve(got)
      }
      const begin = (): void => leave(true)
      const giveUp = (): void => leave(false)
      waiting.add(begin)
      abort.addEventListener('abort', giveUp)
    })
  }
  // the slot goes straight to who waits longest, so that nobody who comes now gets in between
  const giveBack = (): void => {
    const [next] = waiting
    if (next) next()
    else free += 1
  }

  return {
    async run(task, abort) {
      if (!(await take(abort))) return undefined
      try {
        return await task()
      } finally {
        giveBack()
      }
    },
  }
}
