import type { Labels } from '../metric.ts'
import type { Content } from './content.ts'
import { formatHead, type TextType } from './format.ts'
import { writableLabels } from './group.ts'
import { formatHeader, type HeaderOptions } from './header.ts'
import { formatLabels, formatOurData } from './our-data.ts'
import { isSdName } from './structured-data.ts'

export interface EnvelopeOptions extends HeaderOptions {
  /** Keys of METRICS_METADATA in their order. */
  readonly metadataKeys: readonly string[]
  /** Gives each frame its id, at most 64 letters, digits, `-` and `:`. */
  readonly nextId?: () => string
}

/** One syslog message. */
export interface Frame {
  readonly bytes: Buffer
  /** Its MSG alone, the classic line. */
  readonly text: string
  /** Signals in it. */
  readonly count: number
}

export interface Envelope {
  /** Bytes of a frame without pairs. */
  bytesWith(data: Content): number
  write(data: Content, pairs: readonly string[], count: number): Frame
}

interface EnvelopeFacts {
  readonly type: TextType
  readonly timeMs: number
  readonly collector?: string | undefined
  readonly labels: Labels
}

/** As long as an id may be, since the frames are cut before they get theirs. */
const ANY_ID = '0'.repeat(64)

/** What all frames of a group have in common, written once. */
export const envelopeOf = (facts: EnvelopeFacts, options: EnvelopeOptions): Envelope => {
  const { type, timeMs, collector } = facts
  const labels = writableLabels(facts.labels)
  const header = formatHeader(type, timeMs, options)
  const head = formatHead(type, labels, headKeys(options.metadataKeys))
  const attribution = formatLabels(labels)
  const before = (data: Content, id: string | undefined): string =>
    options.format === 'rfc3164'
      ? header
      : `${header}${formatOurData({ timeMs, collector, content: data, id })}${attribution} `
  return {
    bytesWith: (data) => Buffer.byteLength(before(data, options.nextId && ANY_ID) + head),
    write: (data, pairs, count) => {
      const text = [head, ...pairs].join(' ')
      return { bytes: Buffer.from(before(data, options.nextId?.()) + text), text, count }
    },
  }
}

/** `type` and `cart` always stand before them. */
const headKeys = (keys: readonly string[]): readonly string[] =>
  keys.filter((key) => isSdName(key) && key !== 'type' && key !== 'cart')
