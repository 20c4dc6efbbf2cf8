import type { Clock } from '../../src/clock.ts'

/** A clock that stands still until it is told to advance; sleepers wake in the order of their times. */
export class ManualClock implements Clock {
  #nowMs: number
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>()

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs
  }

  now = (): number => this.#nowMs

  sleep = (ms: number, abort: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (abort.aborted || ms <= 0) return resolve()
      const sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      abort.addEventListener('abort', sleeper.wake, { once: true })
    })

  /** How many wait for a later time. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /** Moves time on, waking one sleeper after the other and letting each one's consequences happen before the next. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.atMs - b.atMs)[0]
      if (!next || next.atMs > endMs) break
      this.#nowMs = next.atMs
      next.wake()
      await settle()
    }
    this.#nowMs = endMs
    await settle()
  }
}

/** Lets everything that is ready to run do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
