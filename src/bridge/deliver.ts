import type { Backend, WriteResult } from '../backends/backend.ts'
import type { Clock } from '../clock.ts'
import { BackendError, messageOf } from '../errors.ts'
import type { Metric } from '../metric.ts'

/** What one attempt came to. broken: the backend threw, which it must not, and would throw again. */
export type Attempt = WriteResult | { readonly status: 'broken'; readonly error: Error }

export interface AttemptLimits {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Ends the attempt early, as a failed one. */
  readonly abort: AbortSignal
}

/** Writes once within a time limit. A backend that answers later is not waited for. */
export const attempt = async (backend: Backend, batch: readonly Metric[], limits: AttemptLimits): Promise<Attempt> => {
  const { clock, timeoutMs, abort } = limits
  const over = new AbortController()
  const ended = AbortSignal.any([over.signal, abort])
  const late = clock.sleep(timeoutMs, ended).then((): WriteResult => {
    return { status: 'failed', error: new BackendError(`no answer within ${timeoutMs} ms`) }
  })
  try {
    return await Promise.race([backend.write(batch, ended), late])
  } catch (thrown) {
    return { status: 'broken', error: thrown instanceof Error ? thrown : new Error(messageOf(thrown)) }
  } finally {
    over.abort()
  }
}

/** Doubles from `firstMs` to `longestMs`; half of it is chance, so that many bridges do not come back at once. */
export const pauseMs = (
  failures: number,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
  random = Math.random,
): number => Math.min(longestMs, firstMs * 2 ** failures) * (0.5 + random() / 2)
