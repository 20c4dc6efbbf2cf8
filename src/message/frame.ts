import { attributionLabels } from '../metric.ts'
import type { Signal } from '../signal.ts'
import { type Content, shorten } from './content.ts'
import { contentOfContract } from './contract-content.ts'
import { type EnvelopeOptions, envelopeOf, type Frame } from './envelope.ts'
import { contentOfEvent, isDetailKey } from './event-content.ts'
import { formatPair } from './format.ts'
import { type Group, groupSignals, type MetricGroup, unfitReason, unfitReasons, writableLabels } from './group.ts'
import { LETTER_OF_KIND, NONE } from './our-data.ts'
import { formatMetricPair, packMetrics, startWord, unitWord } from './pack.ts'

export interface EncodeOptions extends EnvelopeOptions {
  /** Longest message, in bytes, without its framing. */
  readonly maxFrameBytes: number
  /** Most bytes of metric pairs in one frame, each counted with one blank. A single pair over it travels alone. */
  readonly maxPairBytes: number
}

/**
 * bad-name, not-finite, bad-time: the signal is not fit to be written; frame-too-large: head and labels leave no room
 * for even one pair.
 */
export const dropReasons = [...unfitReasons, 'frame-too-large'] as const
export type DropReason = (typeof dropReasons)[number]

export interface Encoded {
  readonly frames: readonly Frame[]
  /** Signals that are in no frame. */
  readonly dropped: ReadonlyMap<DropReason, number>
  /** Labels and details of written signals that were left out, since a message cannot carry their names. */
  readonly leftOut: number
}

/**
 * Writes what was emitted in one call as syslog messages: metrics of equal labels, time and collector together, each
 * event and contract alone, in order of first appearance. The same signals give the same frames.
 */
export const encodeFrames = (signals: readonly Signal[], options: EncodeOptions): Encoded => {
  const dropped = new Map<DropReason, number>()
  const drop = (reason: DropReason, count = 1): unknown => dropped.set(reason, (dropped.get(reason) ?? 0) + count)
  const headWords = new Set(['type', ...attributionLabels, ...options.metadataKeys])
  const fit = signals.filter((signal) => {
    const reason = unfitReason(signal, headWords)
    if (reason) drop(reason)
    return reason === undefined
  })
  const groups = groupSignals(fit)
  const frames: Frame[] = []
  for (const group of groups) {
    const written = group.type === 'metric' ? writeMetrics(group, options) : writeSingle(group, options)
    frames.push(...written.frames)
    if (written.tooLarge > 0) drop('frame-too-large', written.tooLarge)
  }
  return { frames, dropped, leftOut: groups.reduce((count, group) => count + leftOutOf(group), 0) }
}

interface Written {
  readonly frames: readonly Frame[]
  readonly tooLarge: number
}

const writeMetrics = (group: MetricGroup, options: EncodeOptions): Written => {
  const envelope = envelopeOf(group, options)
  const { packs, tooLarge } = packMetrics(group.metrics, {
    maxPairBytes: options.maxPairBytes,
    roomBytes: options.maxFrameBytes - envelope.bytesWith([['k', '']]),
    withData: options.format === 'rfc5424',
  })
  const frames = packs.map((metrics) => {
    const letters = metrics.map(({ kind }) => LETTER_OF_KIND[kind]).join('')
    const data: Content = [
      ['k', letters],
      ...wordList('u', metrics.map(unitWord)),
      ...wordList('s', metrics.map(startWord)),
    ]
    return envelope.write(data, metrics.map(formatMetricPair), metrics.length)
  })
  return { frames, tooLarge }
}

/** Absent when no metric has anything to say. */
const wordList = (name: string, words: readonly string[]): Content =>
  words.some((word) => word !== NONE) ? [[name, words.join(' ')]] : []

const SHORTER = [Number.POSITIVE_INFINITY, 1024, 256]

/** An event of one long text arrives shortened rather than not at all. */
const writeSingle = (group: Exclude<Group, MetricGroup>, options: EncodeOptions): Written => {
  const content = group.type === 'event' ? contentOfEvent(group) : contentOfContract(group)
  const envelope = envelopeOf(group, options)
  const data: Content = [['n', String(content.length)]]
  for (const maxChars of SHORTER) {
    const pairs = shorten(content, maxChars).map(([name, value]) => formatPair(name, value))
    const bytes = envelope.bytesWith(data) + pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair) + 1, 0)
    if (bytes <= options.maxFrameBytes) return { frames: [envelope.write(data, pairs, 1)], tooLarge: 0 }
  }
  return { frames: [], tooLarge: 1 }
}

const leftOutOf = (group: Group): number => {
  const labels = group.labels.size - writableLabels(group.labels).size
  return group.type === 'event' ? labels + [...group.details.keys()].filter((key) => !isDetailKey(key)).length : labels
}
