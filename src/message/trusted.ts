import { type Labels, type Metric, type MetricKind, metricKinds } from '../metric.ts'
import type { Signal } from '../signal.ts'
import { readContract } from './contract-content.ts'
import { readEvent } from './event-content.ts'
import { knownName } from './name.ts'
import { parseNumber } from './number.ts'
import { LETTER_OF_KIND, NONE } from './our-data.ts'
import { remember } from './remember.ts'
import { MAX_TIME_MS } from './timestamp.ts'
import { nextToken } from './token.ts'

/** One of our own messages, taken apart. */
export interface OurMessage {
  /** MSGID */
  readonly type: string | undefined
  readonly text: string
  /** Parameters of `oo@32473`. */
  readonly data: ReadonlyMap<string, string>
  readonly labels: Labels
}

type Malformed = 'malformed-data' | 'malformed-content'

/** Reads what `encodeFrames` wrote. */
export const readSignals = (message: OurMessage): readonly Signal[] | Malformed => {
  const timeMs = parseTime(message.data.get('t') ?? '')
  if (Number.isNaN(timeMs)) return 'malformed-data'
  if (message.type === 'metric') return readMetrics(message, timeMs)
  const pairs = readContent(message)
  if (typeof pairs === 'string') return pairs
  const signal = message.type === 'event' ? readEvent(pairs) : readContract(pairs)
  return signal ? [{ ...signal, timeMs, labels: message.labels }] : 'malformed-content'
}

/** The last pairs of the text, as many as `k` has letters; they are counted from the end, since any head may stand before them. */
const readMetrics = ({ text, data, labels }: OurMessage, timeMs: number): readonly Metric[] | Malformed => {
  const kinds = knownKinds(data.get('k') ?? '')
  const units = wordsOf(data.get('u'))
  const starts = data.get('s')?.split(' ')
  if (!kinds || !isParallel(units, kinds) || !isParallel(starts, kinds)) return 'malformed-data'
  const collector = data.get('c')
  const metrics: Metric[] = []
  let start = startOfPairs(text, kinds.length)
  for (let index = 0; index < kinds.length; index += 1) {
    const blank = text.indexOf(' ', start)
    const end = blank < 0 ? text.length : blank
    const equals = text.indexOf('=', start)
    const name = equals >= 0 && equals < end ? knownName(text.slice(start, equals)) : undefined
    const value = parseNumber(text, equals + 1, end)
    if (name === undefined || !Number.isFinite(value)) return 'malformed-content'
    const startMs = readStart(starts?.[index])
    if (Number.isNaN(startMs)) return 'malformed-data'
    metrics.push(
      metricOf({ name, value, kind: kinds[index]!, timeMs, labels }, { collector, startMs, unit: units?.[index] }),
    )
    start = end + 1
  }
  return metrics
}

/** Kinds and units come again and again in the same order. */
const KEPT_LISTS = 1024
const knownKinds = remember(KEPT_LISTS, (letters): readonly MetricKind[] | undefined => {
  const kinds = letters.split('').map((letter) => metricKinds.find((kind) => LETTER_OF_KIND[kind] === letter))
  return kinds.length > 0 && kinds.every((kind) => kind !== undefined) ? kinds : undefined
})

/** Where the last `count` words begin; the text's begin when there are fewer. Metric pairs are never quoted, so blanks separate them. */
const startOfPairs = (text: string, count: number): number => {
  let start = text.length + 1
  for (let left = count; left > 0; left -= 1) start = text.lastIndexOf(' ', start - 2) + 1
  return start
}

const knownWords = remember(KEPT_LISTS, (text): readonly string[] => text.split(' '))
const wordsOf = (text: string | undefined): readonly string[] | undefined =>
  text === undefined ? undefined : knownWords(text)

const isParallel = (words: readonly string[] | undefined, kinds: readonly MetricKind[]): boolean =>
  words === undefined || words.length === kinds.length

const readStart = (word: string | undefined): number | undefined =>
  word === undefined || word === NONE ? undefined : parseTime(word)

/** Unix milliseconds that a `Date` can hold, or NaN. */
const parseTime = (word: string): number => {
  const timeMs = parseNumber(word)
  return Math.abs(timeMs) <= MAX_TIME_MS ? timeMs : Number.NaN
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Needed = Pick<Metric, 'name' | 'value' | 'kind' | 'timeMs' | 'labels'>
interface Optional {
  readonly collector: string | undefined
  readonly startMs: number | undefined
  readonly unit: string | undefined
}

const metricOf = ({ name, value, kind, timeMs, labels }: Needed, { collector, startMs, unit }: Optional): Metric => {
  const metric: Mutable<Metric> = { type: 'metric', name, value, kind, timeMs, labels }
  if (unit !== undefined && unit !== NONE) metric.unit = unit
  if (startMs !== undefined) metric.startMs = startMs
  if (collector !== undefined) metric.collector = collector
  return metric
}

/** The last `n` pairs of the text. */
const readContent = ({ type, text, data }: OurMessage): ReadonlyMap<string, string> | Malformed => {
  const count = parseNumber(data.get('n') ?? '')
  if ((type !== 'event' && type !== 'contract') || !(count >= 1) || !Number.isInteger(count)) return 'malformed-data'
  const pairs: (readonly [string, string])[] = []
  for (let token = nextToken(text, 0); token; token = nextToken(text, token.end)) {
    if (token.form === 'word' || token.form === 'bad-quotes') return 'malformed-content'
    pairs.push([token.key, token.value])
  }
  return count <= pairs.length ? new Map(pairs.slice(-count)) : 'malformed-content'
}
