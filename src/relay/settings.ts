import { parseRubyInteger } from '../config/node-conf.ts'
import { entry, type Infer, integer, kinds, literal, oneOf, section, setting, text } from '../config/schema.ts'
import { ParseError } from '../errors.ts'

const facilities = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
] as const
const locals = ['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'] as const
export const facilityNames = [...facilities, ...locals] as const

/** The number of a syslog facility, RFC 5424 table 1. */
export const facilityNumber = (name: (typeof facilityNames)[number]): number => {
  const at = facilityNames.indexOf(name)
  return at < facilities.length ? at : 16 + at - facilities.length
}

const readPositive = (value: string): number => {
  const number = parseRubyInteger(value)
  if (number === undefined || number < 1) throw new ParseError('a whole number of bytes, at least 1')
  return number
}

const host = text({ default: '127.0.0.1', doc: 'Name or address.' })
const port = integer({ default: 514, min: 1, max: 65_535, doc: 'Port.' })

export const targetSchema = kinds('kind', [
  entry({
    kind: literal('unix'),
    path: text({ default: '/run/oo-gather-metrics/syslog.sock', pattern: /^\//, doc: 'Path.' }),
  }),
  entry({ kind: literal('tcp'), host, port }),
  entry({ kind: literal('udp'), host, port }),
])
export type Target = Infer<typeof targetSchema>

/** A target for people: `/run/x.sock`, `tcp:127.0.0.1:514`. */
export const describeTarget = (target: Target): string =>
  target.kind === 'unix' ? target.path : `${target.kind}:${target.host}:${target.port}`

export const relaySchema = section(
  {
    target: setting(targetSchema, {
      default: { kind: 'unix', path: '/run/oo-gather-metrics/syslog.sock' },
      doc: 'The syslog server: {kind: unix, path: ...} for a private stream socket, {kind: tcp, host: ..., port: ...} or {kind: udp, host: ..., port: ...}.',
    }),
    format: oneOf(['rfc5424', 'rfc3164'], {
      default: 'rfc5424',
      doc: 'rfc5424 carries attribution, kinds, units and time as structured data; rfc3164 is for old collectors and carries the text alone.',
    }),
    framing: oneOf(['octet-counting', 'lf'], {
      default: 'octet-counting',
      doc: 'How messages are told apart on a stream (RFC 6587).',
    }),
    facility: oneOf(facilityNames, {
      default: 'daemon',
      doc: 'Syslog facility of every message; the severity is info.',
    }),
    maxFrameBytes: integer({
      default: 8000,
      min: 480,
      max: 65_000,
      doc: 'Longest message. rsyslog cuts at 8 KiB by default. On UDP 2048 is the most.',
    }),
    maxPairBytes: integer({
      default: 1024,
      min: 1,
      max: 65_000,
      doc: 'Most bytes of name=value pairs in one message.',
      nodeConf: { key: 'MAX_CGROUPS_METRICS_MESSAGE_LENGTH', read: readPositive },
    }),
    bufferBytes: integer({
      default: 16 * 1024 * 1024,
      min: 65_536,
      doc: 'Most bytes kept while syslog is away; the oldest messages beyond are dropped and counted.',
    }),
  },
  'Where lines go.',
)
export type RelaySettings = Infer<typeof relaySchema>
