import type { Clock } from '../clock.ts'
import type { BackendError } from '../errors.ts'
import type { Metric } from '../metric.ts'

/** Why one metric can never be sent to this target. */
export interface Refusal {
  readonly metric: Metric
  readonly reason: string
}

/** failed: try the batch again later; refused: never again, these go to the dead letters; the rest of the batch is written. */
export type WriteResult =
  | { readonly status: 'written' }
  | { readonly status: 'failed'; readonly error: BackendError }
  | { readonly status: 'refused'; readonly refused: readonly Refusal[] }

/** Encodes and sends. Batching, retrying, counting and time limits are the bridge's, once for all. */
export interface Backend {
  readonly name: string
  /** Where it sends, for logs and the API: `udp:127.0.0.1:8125`. */
  readonly target: string
  /**
   * What it wants of counters. totals: as they came, cumulative; increases: what was added since the last value, which the
   * bridge works out: such a metric is a counter whose `startMs` is the time of the value before.
   */
  readonly counters: 'totals' | 'increases'
  /** Sends now. A failure that may pass is a result, not a throw; a throw costs the batch. */
  write(batch: readonly Metric[], abort: AbortSignal): Promise<WriteResult>
  /** No write follows. */
  close(): Promise<void>
}

/** What a backend may need besides its settings. */
export interface BackendParts {
  readonly clock: Clock
}

/** `written`, or `refused` when something was. */
export const writtenBut = (refused: readonly Refusal[]): WriteResult =>
  refused.length > 0 ? { status: 'refused', refused } : { status: 'written' }
