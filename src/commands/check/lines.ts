import { type LineRules, parseMetricLine } from '../../message/metric-line.ts'
import { describeReason } from '../../message/refusal.ts'
import { attributionLabels } from '../../metric.ts'
import type { Finding } from './finding.ts'

/** As for the output of a script: `type=metric` may be missing, attribution may not be written. */
export const scriptRules = (metadataKeys: readonly string[]): LineRules => ({
  typeRequired: false,
  reserved: new Set([...attributionLabels, ...metadataKeys, 'type']),
})

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
  readonly #rules: LineRules
  #line = 0

  constructor(place: string, rules: LineRules) {
    this.#place = place
    this.#rules = rules
  }

  /** One line without its newline. */
  take(bytes: Buffer): void {
    this.#line += 1
    const { pairs, refused } = parseMetricLine(bytes, this.#rules)
    for (const { name } of pairs) this.printed.add(name)
    for (const { reason, column, text } of refused) {
      this.findings.push({
        place: this.#place,
        line: this.#line,
        column,
        reason,
        message: `${text}: ${describeReason(reason)}`,
      })
    }
  }

  tooLong(bytes: number, maxBytes: number): void {
    this.#line += 1
    const message = `expected at most ${maxBytes} bytes with the newline, got ${bytes}; the whole line is dropped`
    this.findings.push({ place: this.#place, line: this.#line, column: 1, reason: 'too-long', message })
  }
}

const LF = 0x0a

/** Checks a whole text. The last line needs no newline. */
export const checkText = (
  text: Buffer,
  place: string,
  { rules, maxLineBytes }: { rules: LineRules; maxLineBytes: number },
): CheckedLines => {
  const checker = new LineChecker(place, rules)
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf(LF, at)
    const end = newline < 0 ? text.length : newline
    const bytes = end + 1 - at
    if (bytes > maxLineBytes) checker.tooLong(bytes, maxLineBytes)
    else checker.take(text.subarray(at, text[end - 1] === 0x0d && end > at ? end - 1 : end))
    at = end + 1
  }
  return checker
}
