import { wholeNumbers, wordsOf } from './text.ts'

/** What went one way since the interface came up. */
interface Traffic {
  readonly bytes: number
  readonly packets: number
  readonly errors: number
  readonly dropped: number
}

export interface NetworkInterface {
  readonly name: string
  readonly received: Traffic
  readonly transmitted: Traffic
}

const COLUMNS = 16

/** `net/dev`: two lines of headings, then `name:` and eight columns for each way, of which the first four are the same. */
export const parseNetwork = (text: string): readonly NetworkInterface[] =>
  text
    .split('\n')
    .slice(2)
    .flatMap((line) => {
      const colon = line.lastIndexOf(':')
      const columns = wholeNumbers(wordsOf(line.slice(colon + 1)), COLUMNS)
      if (colon < 0 || !columns) return []
      return [
        { name: line.slice(0, colon).trim(), received: trafficAt(columns, 0), transmitted: trafficAt(columns, 8) },
      ]
    })

const trafficAt = (columns: readonly number[], from: number): Traffic => {
  const [bytes = 0, packets = 0, errors = 0, dropped = 0] = columns.slice(from)
  return { bytes, packets, errors, dropped }
}
