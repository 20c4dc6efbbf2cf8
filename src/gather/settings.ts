import { parseRubyInteger } from '../config/node-conf.ts'
import { boolean, type Infer, integer, optionalText, section } from '../config/schema.ts'
import { ParseError } from '../errors.ts'
import { cronFault } from './cron-fault.ts'

const SHORTEST_INTERVAL_S = 10

// below the minimum the original took the minimum and said so; garbage, which it ignored, is an error here
const readInterval = (text: string, warn: (message: string) => void): number => {
  const seconds = parseRubyInteger(text)
  if (seconds === undefined) throw new ParseError('a whole number of seconds')
  if (seconds >= SHORTEST_INTERVAL_S) return seconds
  warn(`${seconds} s is too short, ${SHORTEST_INTERVAL_S} s is used`)
  return SHORTEST_INTERVAL_S
}

export const gatherSchema = section(
  {
    enabled: boolean({
      default: true,
      doc: 'Whether anything is gathered at all. In node.conf only the exact word true switches it on; without the key it is on.',
      nodeConf: { key: 'WATCHMAN_METRICS_ENABLED', read: (text) => text === 'true' },
    }),
    intervalSeconds: integer({
      default: 60,
      min: SHORTEST_INTERVAL_S,
      max: 86_400,
      doc: 'Seconds from the start of one round to the next. Rounds start at multiples of it since 1970.',
      nodeConf: { key: 'WATCHMAN_METRICS_INTERVAL', read: readInterval },
    }),
    cron: optionalText({
      fault: (expression) => cronFault(expression, SHORTEST_INTERVAL_S * 1000),
      doc: 'When rounds start, as a cron expression of five or six fields (seconds first); intervalSeconds then only bounds how far the gears are spread.',
    }),
    spreadPercent: integer({
      default: 80,
      min: 0,
      max: 90,
      doc: 'Part of the interval over which the gears of a round are spread, each at its own stable offset.',
    }),
    selfMetrics: boolean({
      default: true,
      doc: 'Whether the gatherer also measures itself (oo.gather.*), and each run of a script (script.*) for its author.',
    }),
  },
  'When to gather.',
)
export type GatherSettings = Infer<typeof gatherSchema>
