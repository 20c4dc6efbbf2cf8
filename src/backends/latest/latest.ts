import type { Clock } from '../../clock.ts'
import { type Infer, integer, section } from '../../config/schema.ts'
import type { Contract, Declaration } from '../../contract.ts'
import type { Event } from '../../event.ts'
import type { Labels, Metric } from '../../metric.ts'
import { type Backend, type Refusal, writtenBut } from '../backend.ts'
import { seriesKey } from '../series.ts'
import { Shelf } from './shelf.ts'

export const latestSchema = section(
  {
    maxSeries: integer({
      default: 200_000,
      min: 1,
      doc: 'Most series that are kept; further ones are refused and counted.',
    }),
    maxSeriesPerGear: integer({ default: 5000, min: 1, doc: 'Most series of one gear.' }),
    expireSeconds: integer({ default: 300, min: 1, doc: 'How long a series is shown after its last value came.' }),
    maxEvents: integer({ default: 500, min: 0, max: 100_000, doc: 'How many of the newest events are kept.' }),
  },
  'The last value of each series, in memory, for the HTTP API.',
)
export type LatestSettings = Infer<typeof latestSchema>

/** What the API reads. */
export interface LatestView {
  /** Last value of each series that has not expired, of one gear or of everything. */
  series(gear?: string): Iterable<Metric>
  gears(): string[]
  /** What the manifest says of this metric. */
  declarationOf(metric: Metric): Declaration | undefined
  /** Newest last. */
  readonly events: readonly Event[]
}

export interface Latest extends Backend, LatestView {
  takeContract(contract: Contract): void
  takeEvent(event: Event): void
}

const REASONS = { 'owner-full': 'too-many-series-of-gear', full: 'too-many-series' } as const
/** Contracts are sent anew every ten minutes. */
const CONTRACT_LIFE_MS = 3_600_000

export const createLatest = (settings: LatestSettings, clock: Pick<Clock, 'now'>): Latest => {
  const limits = { maxItems: settings.maxSeries, maxItemsPerOwner: settings.maxSeriesPerGear }
  const lifeMs = settings.expireSeconds * 1000
  const shelf = new Shelf<Metric>(limits)
  const contracts = new Shelf<Declaration>(limits)
  const events: Event[] = []
  let sweptMs = clock.now()

  const sweep = (nowMs: number): void => {
    if (nowMs - sweptMs < lifeMs / 4) return
    sweptMs = nowMs
    shelf.expire(nowMs - lifeMs)
    contracts.expire(nowMs - CONTRACT_LIFE_MS)
  }
  const put = (metric: Metric, seenMs: number): string | undefined => {
    const owner = ownerOf(metric)
    const key = seriesKey(metric)
    const known = shelf.get(owner, key)
    // a known time that lies in the future is wrong, and must not keep out right ones
    if (known && known.timeMs > metric.timeMs && known.timeMs <= seenMs) return 'older-than-known'
    const placed = shelf.put(owner, key, { value: metric, seenMs })
    return placed === 'kept' ? undefined : REASONS[placed]
  }
  const series = (gear?: string): Generator<Metric> => shelf.values(clock.now() - lifeMs, gear)

  return {
    name: 'latest',
    target: 'memory',
    counters: 'totals',
    async write(batch) {
      const nowMs = clock.now()
      sweep(nowMs)
      const refused: Refusal[] = []
      for (const metric of batch) {
        const reason = put(metric, nowMs)
        if (reason !== undefined) refused.push({ metric, reason })
      }
      return writtenBut(refused)
    },
    async close() {},
    takeContract({ declaration, labels }) {
      contracts.put(labels.get('gear') ?? '', contractKey(declaration.name, labels), {
        value: declaration,
        seenMs: clock.now(),
      })
    },
    takeEvent(event) {
      events.push(event)
      if (events.length > settings.maxEvents) events.shift()
    },
    series,
    gears: () => [...shelf.owners()].filter((owner) => !owner.startsWith(NO_GEAR) && !series(owner).next().done),
    declarationOf: (metric) => contracts.get(metric.labels.get('gear') ?? '', contractKey(metric.name, metric.labels)),
    events,
  }
}

const NO_GEAR = '\0'

/** Whose limit a series counts against: its gear's, its node's, or that of all who push without being known. */
const ownerOf = ({ labels, collector }: Metric): string =>
  labels.get('gear') ?? (collector === undefined ? NO_GEAR : NO_GEAR + (labels.get('node') ?? ''))

/** A metric's name has no blank. */
const contractKey = (name: string, labels: Labels): string => `${name} ${labels.get('cart') ?? ''}`
