import { printable } from '../errors.ts'
import type { Labels } from '../metric.ts'
import type { RefusalReason, Refused } from './refusal.ts'
import { ownCopy } from './remember.ts'
import type { Token } from './token.ts'

export interface Pair {
  readonly name: string
  /** Finite. */
  readonly value: number
}

export interface ParsedLine {
  /** The line means to be a metric, though perhaps none of its pairs stands. */
  readonly isMetric: boolean
  readonly pairs: readonly Pair[]
  /** Written by the author as `label.<name>=<value>`; they go with every pair. */
  readonly labels: Labels
  readonly refused: readonly Refused[]
  /** Terminal colour codes that were taken out. */
  readonly colourCodes: number
}

export const NO_LABELS: Labels = new Map()

/** Few pairs are looked through faster than a set is made. */
const FEW = 8

/** What has been read of a line so far. */
export class LineDraft {
  readonly isWellFormed: boolean
  hasType = false
  hasPair = false
  readonly #text: string
  readonly #colourCodes: number
  readonly #pairs: Pair[] = []
  #names: Set<string> | undefined
  #labels: Map<string, string> | undefined
  readonly #refused: Refused[] = []
  #column = 1
  #columnAt = 0

  constructor(text: string, isWellFormed: boolean, colourCodes: number) {
    this.#text = text
    this.isWellFormed = isWellFormed
    this.#colourCodes = colourCodes
  }

  /** False when there is one of this name. */
  addPair(pair: Pair): boolean {
    if (this.#has(pair.name)) return false
    this.#pairs.push(pair)
    this.#names?.add(pair.name)
    return true
  }

  /** False when there is one of this name. */
  addLabel(name: string, value: string): boolean {
    this.#labels ??= new Map()
    if (this.#labels.has(name)) return false
    this.#labels.set(ownCopy(name), ownCopy(value))
    return true
  }

  /** Pieces are refused from left to right. */
  refuse(reason: RefusalReason, start: number, end: number): void {
    const text = this.#text.slice(start, end)
    for (const _ of this.#text.slice(this.#columnAt, start)) this.#column += 1
    this.#columnAt = start
    this.#refused.push({ reason: this.#deeperReason(reason, text), column: this.#column, text: printable(text, 80) })
  }

  foreign(token: Token): ParsedLine {
    const line = new LineDraft(this.#text, this.isWellFormed, this.#colourCodes)
    line.refuse('foreign-type', token.start, token.end)
    return line.finish(false)
  }

  finish(isMetric: boolean): ParsedLine {
    return {
      isMetric,
      pairs: this.#pairs,
      labels: this.#labels ?? NO_LABELS,
      refused: this.#refused,
      colourCodes: this.#colourCodes,
    }
  }

  /** Whatever else is wrong with it, bytes that nobody sees are the more useful news. */
  #deeperReason(reason: RefusalReason, text: string): RefusalReason {
    if (reason === 'reserved-key') return reason
    if (/[^\P{Cc}\t]/u.test(text)) return 'control-character'
    return !this.isWellFormed && text.includes('\ufffd') ? 'invalid-utf8' : reason
  }

  #has(name: string): boolean {
    if (this.#pairs.length <= FEW) return this.#pairs.some((pair) => pair.name === name)
    this.#names ??= new Set(this.#pairs.map((pair) => pair.name))
    return this.#names.has(name)
  }
}
