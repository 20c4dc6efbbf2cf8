import type { Backend } from '../backends/backend.ts'
import { labelsKey } from '../backends/series.ts'
import type { Clock } from '../clock.ts'
import type { Ledger } from '../ledger.ts'
import type { Metric } from '../metric.ts'
import { PROBE_METRIC } from '../probe.ts'
import { type Attempt, attempt, pauseMs } from './deliver.ts'
import { changeOf, type Health, type HealthChange, healthy, nextHealth } from './health.ts'
import { BoundedQueue } from './queue.ts'
import type { BridgeSettings } from './settings.ts'

/** What is known of one backend. */
export interface BackendState extends Health {
  readonly name: string
  readonly target: string
  /** Metrics that wait, those of the present attempt included. */
  readonly waiting: number
  /** Value of the last probe of `oo-metrics doctor` that was written. */
  readonly probe?: number
}

export interface PumpParts {
  readonly backend: Backend
  readonly settings: BridgeSettings
  readonly ledger: Ledger
  readonly clock: Clock
  readonly onChange: (change: HealthChange, state: BackendState) => void
}

/** The stage of a backend in the ledger. */
export const stageOf = (backend: string): string => `backend ${backend}`

/** Takes metrics for one backend and gets them written, whatever becomes of the others. */
export class Pump {
  readonly backend: Backend
  readonly #parts: PumpParts
  readonly #queue: BoundedQueue<Metric>
  readonly #closed = new AbortController()
  /** Ends the wait for a batch to fill. */
  #hurry = new AbortController()
  #isDraining = false
  #running: Promise<void> | undefined
  #current: readonly Metric[] = []
  #health: Health = healthy
  #probe: { readonly probe?: number } = {}

  constructor(parts: PumpParts) {
    this.backend = parts.backend
    this.#parts = parts
    this.#queue = new BoundedQueue(
      { maxItems: parts.settings.queueMetrics, maxBytes: parts.settings.queueBytes },
      { sizeOf: estimateBytes, onDrop: (metric) => this.#drop([metric], 'queue-full') },
    )
  }

  get state(): BackendState {
    const { name, target } = this.backend
    return { name, target, waiting: this.#queue.length + this.#current.length, ...this.#health, ...this.#probe }
  }

  push(metric: Metric): void {
    this.#parts.ledger.received(stageOf(this.backend.name), gearOf(metric))
    if (this.#closed.signal.aborted) {
      this.#drop([metric], 'closed')
      return
    }
    this.#queue.push(metric)
    this.#running ??= this.#run()
    // abort() makes an error object each time, which costs more than all the rest
    const isFull = this.#queue.length >= this.#parts.settings.batchMetrics
    if (isFull && !this.#hurry.signal.aborted) this.#hurry.abort()
  }

  /** Takes in and drops at once. */
  pushDropped(metric: Metric, reason: string): void {
    this.#parts.ledger.received(stageOf(this.backend.name), gearOf(metric))
    this.#drop([metric], reason)
  }

  /** Writes at once what waits. Resolves with true when nothing does any more, with false after `limitMs`. */
  async drain(limitMs: number): Promise<boolean> {
    this.#isDraining = true
    this.#hurry.abort()
    const over = new AbortController()
    const late = this.#parts.clock.sleep(limitMs, over.signal).then(() => false)
    const done = (this.#running ?? Promise.resolve()).then(() => true)
    const isDone = await Promise.race([done, late])
    over.abort()
    return isDone
  }

  /** Drops and counts what waits still. */
  async close(): Promise<void> {
    this.#closed.abort()
    this.#hurry.abort()
    await this.#running
    this.#drop(this.#queue.take(this.#queue.length), 'closed')
    await this.backend.close()
  }

  async #run(): Promise<void> {
    const { clock, settings } = this.#parts
    while (this.#queue.length > 0 && !this.#closed.signal.aborted) {
      const isFull = this.#queue.length >= settings.batchMetrics
      if (!isFull && !this.#isDraining) await clock.sleep(settings.batchDelayMs, this.#hurry.signal)
      this.#hurry = new AbortController()
      this.#current = this.#queue.take(settings.batchMetrics)
      await this.#deliver(this.#current)
      this.#current = []
    }
    this.#running = undefined // at once: a metric pushed now must start the next run
  }

  async #deliver(batch: readonly Metric[]): Promise<void> {
    const { clock, settings } = this.#parts
    const abort = this.#closed.signal
    const pauses = { firstMs: settings.retryFirstMs, longestMs: settings.retryLongestMs }
    for (let failures = 0; ; failures += 1) {
      const result = await attempt(this.backend, batch, { clock, timeoutMs: settings.writeTimeoutMs, abort })
      if (result.status === 'failed' && abort.aborted) return this.#drop(batch, 'closed')
      this.#note(result)
      if (result.status !== 'failed') return this.#settle(batch, result)
      await clock.sleep(pauseMs(failures, pauses), abort)
    }
  }

  #note(result: Attempt): void {
    const before = this.#health
    this.#health = nextHealth(before, result)
    const change = changeOf(before, this.#health, result)
    if (change) this.#parts.onChange(change, this.state)
  }

  #settle(batch: readonly Metric[], result: Exclude<Attempt, { status: 'failed' }>): void {
    if (result.status === 'broken') {
      this.#drop(batch, 'backend-broken')
      return
    }
    const refusals = result.status === 'refused' ? result.refused : []
    const refused = new Set(refusals.map(({ metric }) => metric))
    for (const { metric, reason } of refusals) this.#drop([metric], reason)
    for (const metric of batch) {
      if (refused.has(metric)) continue
      this.#parts.ledger.passed(stageOf(this.backend.name), gearOf(metric))
      if (isProbe(metric)) this.#probe = { probe: metric.value }
    }
  }

  #drop(metrics: readonly Metric[], reason: string): void {
    for (const metric of metrics) this.#parts.ledger.drop(stageOf(this.backend.name), gearOf(metric), reason)
  }
}

/** A tenant may use the name, but not the collector. */
const isProbe = ({ name, collector }: Metric): boolean => name === PROBE_METRIC && collector === 'doctor'

const gearOf = ({ labels }: Metric): string => labels.get('gear') ?? ''

/** An object with its fields, and two bytes a character; labels are mostly shared, but need not be. */
const OBJECT_BYTES = 150
const estimateBytes = ({ name, labels }: Metric): number => OBJECT_BYTES + 2 * (name.length + labelsKey(labels).length)
