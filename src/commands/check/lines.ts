import { isOwnName } from '../../collectors/script-metrics.ts'
import { type LineRules, parseMetricLine } from '../../message/metric-line.ts'
import { describeReason } from '../../message/refusal.ts'
import { reservedKeys } from '../../node/metadata.ts'
import type { GearSettings } from '../../node/settings.ts'
import type { Finding } from './finding.ts'

/** As for the output of a script: `type=metric` may be missing, attribution may not be written. */
export const scriptRules = (gears: Pick<GearSettings, 'metadata'>): LineRules => ({
  typeRequired: false,
  reserved: reservedKeys(gears),
})

export interface CheckRules {
  readonly rules: LineRules
  /** Of a line with its newline. */
  readonly maxLineBytes: number
}

/** What a text of metric lines holds. */
export interface CheckedLines {
  /** Names of the metrics that stand, in order of first appearance. */
  readonly printed: ReadonlySet<string>
  readonly findings: readonly Finding[]
}

/** Checks lines one by one, as the daemon would read them. */
export class LineChecker {
  readonly printed = new Set<string>()
  readonly findings: Finding[] = []
  readonly #place: string
  readonly #given: CheckRules
  #lines = 0

  constructor(place: string, given: CheckRules) {
    this.#place = place
    this.#given = given
  }

  /** Lines so far, the refused ones included. */
  get lines(): number {
    return this.#lines
  }

  /**
   * @param line without its end
   * @param bytes its length with its end
   */
  take(line: Buffer, bytes = line.length + 1): void {
    const { rules, maxLineBytes } = this.#given
    this.#lines += 1
    if (bytes > maxLineBytes) {
      const expected = `expected at most ${maxLineBytes} bytes with the newline`
      this.#find('too-long', `${expected}, got ${bytes}; the whole line is dropped`, 1)
      return
    }
    const { pairs, refused } = parseMetricLine(line, rules)
    for (const { reason, column, text } of refused) this.#find(reason, `${text}: ${describeReason(reason)}`, column)
    for (const { name } of pairs) {
      if (isOwnName(name)) this.#find('reserved-key', `${name}: This name is for what the node itself measures.`)
      else this.printed.add(name)
    }
  }

  #find(reason: string, message: string, column?: number): void {
    const at = { place: this.#place, line: this.#lines, ...(column === undefined ? {} : { column }) }
    this.findings.push({ ...at, reason, message })
  }
}

const LF = 0x0a

/** Checks a whole text. The last line needs no newline. */
export const checkText = (text: Buffer, place: string, given: CheckRules): CheckedLines => {
  const checker = new LineChecker(place, given)
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf(LF, at)
    const end = newline < 0 ? text.length : newline
    checker.take(text.subarray(at, text[end - 1] === 0x0d && end > at ? end - 1 : end), end + 1 - at)
    at = end + 1
  }
  return checker
}
