import type { Backend, WriteResult } from '../../src/backends/backend.ts'
import { BackendError } from '../../src/errors.ts'
import type { Metric } from '../../src/metric.ts'

export const written: WriteResult = { status: 'written' }
export const failed = (message = 'no route'): WriteResult => ({ status: 'failed', error: new BackendError(message) })

type Answer = WriteResult | Error | 'never'

/** A backend that gives prepared answers, then takes everything, and remembers what it got. */
export class FakeBackend implements Backend {
  readonly name = 'fake'
  readonly target = 'nowhere'
  readonly counters: Backend['counters']
  readonly attempts: string[][] = []
  isClosed = false
  readonly #answers: Answer[]

  constructor(answers: Answer[] = [], counters: Backend['counters'] = 'totals') {
    this.#answers = answers
    this.counters = counters
  }

  /** Names of the metrics of all attempts. */
  get names(): string[] {
    return this.attempts.flat()
  }

  async write(batch: readonly Metric[]): Promise<WriteResult> {
    this.attempts.push(batch.map(({ name }) => name))
    const answer = this.#answers.shift() ?? written
    if (answer instanceof Error) throw answer
    if (answer === 'never') return new Promise(() => {})
    return answer
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}
