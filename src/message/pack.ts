import type { Metric } from '../metric.ts'
import { formatNumber } from './number.ts'
import { NONE } from './our-data.ts'
import { escapeParam } from './structured-data.ts'

export interface PackLimits {
  /** Most bytes of the pairs of one pack, each counted with one blank. A single pair may be over it. */
  readonly maxPairBytes: number
  /** Bytes that a frame leaves for its pairs and for what its structured data says about each of them. */
  readonly roomBytes: number
  /** Whether there is structured data. */
  readonly withData: boolean
}

export interface Packed {
  readonly packs: readonly (readonly Metric[])[]
  /** Metrics that have no room even alone. */
  readonly tooLarge: number
}

/** `thread.count=5` */
export const formatMetricPair = ({ name, value }: Metric): string => `${name}=${formatNumber(value)}`

/** A unit as it stands in `u`: one with a blank in it would be two. */
export const unitWord = ({ unit }: Metric): string =>
  unit === undefined || !/^[^\s\p{Cc}]+$/u.test(unit) ? NONE : unit
export const startWord = ({ startMs }: Metric): string => (startMs === undefined ? NONE : formatNumber(startMs))

/** Cuts metrics that share a head into packs, in their order. A name that comes again begins a new one. */
export const packMetrics = (metrics: readonly Metric[], { maxPairBytes, roomBytes, withData }: PackLimits): Packed => {
  const frameBytes = withData ? bytesWithData : bytesOfPairs
  const packs: Metric[][] = []
  const names = new Set<string>()
  let size = NO_SIZE
  let tooLarge = 0
  for (const metric of metrics) {
    const own = sizeOf(metric)
    if (frameBytes(own) > roomBytes) {
      tooLarge += 1
      continue
    }
    const joined = sum(size, own)
    const joins = joined.pairBytes <= maxPairBytes && frameBytes(joined) <= roomBytes && !names.has(metric.name)
    if (!joins || packs.length === 0) {
      packs.push([])
      names.clear()
    }
    size = joins ? joined : own
    names.add(metric.name)
    packs.at(-1)?.push(metric)
  }
  return { packs, tooLarge }
}

/** What metrics take in a message; each word is counted with the blank beside it. */
interface Size {
  readonly count: number
  readonly pairBytes: number
  readonly unitBytes: number
  readonly startBytes: number
  readonly hasUnit: boolean
  readonly hasStart: boolean
}

const NO_SIZE: Size = { count: 0, pairBytes: 0, unitBytes: 0, startBytes: 0, hasUnit: false, hasStart: false }

const sizeOf = (metric: Metric): Size => {
  const unit = unitWord(metric)
  const start = startWord(metric)
  return {
    count: 1,
    pairBytes: formatMetricPair(metric).length + 1,
    unitBytes: Buffer.byteLength(escapeParam(unit)) + 1,
    startBytes: start.length + 1,
    hasUnit: unit !== NONE,
    hasStart: start !== NONE,
  }
}

const sum = (a: Size, b: Size): Size => ({
  count: a.count + b.count,
  pairBytes: a.pairBytes + b.pairBytes,
  unitBytes: a.unitBytes + b.unitBytes,
  startBytes: a.startBytes + b.startBytes,
  hasUnit: a.hasUnit || b.hasUnit,
  hasStart: a.hasStart || b.hasStart,
})

const bytesOfPairs = (size: Size): number => size.pairBytes

/** ` u="By -"` is as long as its words with a blank each, and four more: ` u="` and the quote take the last blank's place. */
const bytesWithData = (size: Size): number =>
  size.pairBytes + size.count + (size.hasUnit ? size.unitBytes + 4 : 0) + (size.hasStart ? size.startBytes + 4 : 0)
