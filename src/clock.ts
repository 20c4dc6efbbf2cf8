/** Time as the program sees it; tests hand in their own. */
export interface Clock {
  /** Unix time, milliseconds. */
  now(): number
  /** Resolves after `ms`, or at once when `abort` fires. */
  sleep(ms: number, abort: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, abort) =>
    new Promise((resolve) => {
      if (abort.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        abort.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      abort.addEventListener('abort', done)
    }),
}
