import type { Metric } from '../../metric.ts'

interface BaseUnit {
  readonly suffix: string
  /** How many of the unit make one of the base unit. */
  readonly divisor: number
  /** How authors spell the unit at the end of a name; the suffix takes its place. */
  readonly spelled: readonly string[]
}

const KIBI = 1024
const seconds = (divisor: number, ...spelled: string[]): BaseUnit => ({ suffix: 'seconds', divisor, spelled })
const bytes = (bytesInUnit: number, ...spelled: string[]): BaseUnit => ({
  suffix: 'bytes',
  divisor: 1 / bytesInUnit,
  spelled,
})
const named = (suffix: string): BaseUnit => ({ suffix, divisor: 1, spelled: [] })

/** UCUM → base units of Prometheus (https://prometheus.io/docs/practices/naming/#base-units). */
const BASE_UNITS: ReadonlyMap<string, BaseUnit> = new Map([
  ['s', seconds(1, 's', 'secs')],
  ['ms', seconds(1000, 'ms', 'msecs', 'millis', 'milliseconds')],
  ['us', seconds(1_000_000, 'us', 'usec', 'usecs', 'micros', 'microseconds')],
  ['ns', seconds(1_000_000_000, 'ns', 'nsecs', 'nanos', 'nanoseconds')],
  ['min', seconds(1 / 60, 'minutes')],
  ['h', seconds(1 / 3600, 'hours')],
  ['By', bytes(1)],
  ['KiBy', bytes(KIBI, 'kib', 'kb')],
  ['MiBy', bytes(KIBI ** 2, 'mib', 'mb')],
  ['GiBy', bytes(KIBI ** 3, 'gib', 'gb')],
  ['kBy', bytes(1000, 'kb')],
  ['MBy', bytes(1_000_000, 'mb')],
  ['%', { suffix: 'ratio', divisor: 100, spelled: ['percent', 'pct'] }],
  ['Cel', named('celsius')],
  ['m', named('meters')],
  ['V', named('volts')],
  ['A', named('amperes')],
  ['J', named('joules')],
  ['g', named('grams')],
])
const RATIO = named('ratio')

/** Name and value of a metric in the words and base units of Prometheus: `cpu.time` in ms → `cpu_time_seconds_total`. */
export const toPrometheus = ({
  name,
  value,
  kind,
  unit,
}: Metric): { readonly name: string; readonly value: number } => {
  const base = unit === '1' && kind === 'gauge' ? RATIO : BASE_UNITS.get(unit ?? '')
  const bare = kind === 'counter' ? sanitizeName(name).replace(/_total$/, '') : sanitizeName(name)
  const withUnit = base ? spellUnit(bare, base) : bare
  const full = kind === 'counter' ? `${withUnit}_total` : withUnit
  return { name: guardName(full), value: base ? value / base.divisor : value }
}

const spellUnit = (name: string, { suffix, spelled }: BaseUnit): string => {
  if (name === suffix || name.endsWith(`_${suffix}`)) return name
  const word = spelled.find((spelling) => name.toLowerCase().endsWith(`_${spelling}`))
  return `${word === undefined ? name : name.slice(0, -word.length - 1)}_${suffix}`
}

/** `[a-zA-Z_][a-zA-Z0-9_]*`; the colon, though allowed, belongs to recording rules. */
export const sanitizeName = (text: string): string => {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_')
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`
}

/** As `sanitizeName`; what begins with two `_` is reserved. */
export const sanitizeLabel = (text: string): string => sanitizeName(text).replace(/^_{2,}/, '_')

/** Series that Prometheus writes itself, and alerts look at: nobody else may. */
const guardName = (name: string): string => (/^(?:up|scrape_.*|ALERTS.*)$/.test(name) ? `oo_${name}` : name)
