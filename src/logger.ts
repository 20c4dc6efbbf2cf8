import winston from 'winston'
import { boolean, type Infer, oneOf, section } from './config/schema.ts'
import { printable } from './errors.ts'

export const logSchema = section(
  {
    level: oneOf(['error', 'warn', 'info', 'debug'], {
      default: 'info',
      doc: 'The least severe level that is written.',
    }),
    json: boolean({ default: false, doc: 'Write JSON objects instead of plain lines.' }),
  },
  "The daemon's own log. It goes to standard error, for the journal or a terminal.",
)
export type LogSettings = Infer<typeof logSchema>

/** The daemon's own log. Arguments are plain sentences; facts for programs go into `facts`. */
export interface Logger {
  error(message: string, facts?: Readonly<Record<string, unknown>>): void
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void
  info(message: string, facts?: Readonly<Record<string, unknown>>): void
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void
}

/**
 * The one door to winston: its Console transport only, on standard error, because its File transport dies silently on a
 * full disk and loses what it holds at exit. A disabled level still costs a microsecond: none is logged in hot loops.
 */
export const createLogger = ({ level, json }: LogSettings): Logger => {
  const { combine, timestamp, printf } = winston.format
  const plain = printf(({ level, message, ...facts }) => `${level}: ${printable(String(message))}${suffix(facts)}`)
  return winston.createLogger({
    level,
    format: json ? combine(timestamp(), winston.format.json()) : plain,
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  })
}

const suffix = (facts: Record<string, unknown>): string => {
  const pairs = Object.entries(facts).map(([key, value]) => `${key}=${printable(JSON.stringify(value) ?? '')}`)
  return pairs.length > 0 ? ` (${pairs.join(' ')})` : ''
}

/** Says nothing; for tests and for one-shot commands. */
export const silentLogger: Logger = { error() {}, warn() {}, info() {}, debug() {} }
