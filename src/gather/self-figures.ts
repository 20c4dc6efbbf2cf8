import { runResults } from '../collectors/backoff.ts'
import { lineDropReasons, SCRIPT_STAGE } from '../collectors/script-lines.ts'
import type { BudgetName, KindFigures, ScriptFigures } from '../collectors/script-meter.ts'
import type { Ledger } from '../ledger.ts'
import type { Metric } from '../metric.ts'
import { packageVersion } from '../package-version.ts'
import type { RoundReport } from './round.ts'

/** The ledger's stage of rounds: those that were due = those that were done + those that were skipped. */
export const ROUND_STAGE = 'rounds'

/** What waits for syslog, and how much may. */
export interface RelayLoad {
  readonly messages: number
  readonly bytes: number
  readonly limitBytes: number
}

/** What is known of ourselves at the end of a round. */
export interface SelfFacts {
  readonly report: RoundReport
  readonly intervalMs: number
  /** By collector, since the start. */
  readonly signals: ReadonlyMap<string, number>
  readonly scripts: ScriptFigures
  /** Scripts of which rounds are left out now. */
  readonly backedOff: number
  readonly ledger: Ledger
  readonly relay: RelayLoad
}

/** A metric of ours without what all of them have in common. */
export type Figure = Pick<Metric, 'name' | 'value' | 'kind' | 'unit'> & { readonly own?: Own }
type Own = readonly (readonly [label: string, value: string])[]

/**
 * Our own figures, named as OpenTelemetry names things: no unit in the name, counters cumulative, shares as 1. The
 * set is that which Prometheus exporters have: build, duration and success of each collector, time of the last run.
 */
export const figuresOf = (facts: SelfFacts): readonly Figure[] => [
  ...ofRound(facts),
  ...ofBudgets(facts),
  ...ofRelay(facts),
  ...ofCollectors(facts),
  ...[...facts.scripts.kinds].flatMap(([kind, figures]) => ofKind(kind, figures)),
  ...ofBooks(facts),
]

const gauge = (name: string, value: number, unit?: string, own?: Own): Figure => ({
  name,
  value,
  kind: 'gauge',
  ...(unit !== undefined && { unit }),
  ...(own && { own }),
})

const counter = (name: string, value: number, unit: string, own?: Own): Figure => ({
  name,
  value,
  kind: 'counter',
  unit,
  ...(own && { own }),
})

const ofRound = ({ report, backedOff, ledger }: SelfFacts): readonly Figure[] => {
  const { out, dropped } = ledger.total(ROUND_STAGE)
  return [
    gauge('round.duration', report.durationMs / 1000, 's'),
    gauge('last_run.timestamp', (report.startedMs + report.durationMs) / 1000, 's'),
    gauge('gear.count', report.gears.length, '{gear}'),
    gauge('script.backed_off', backedOff, '{script}'),
    gauge('build.info', 1, undefined, [['version', packageVersion()]]),
    counter('rounds', out, '{round}', [['outcome', 'done']]),
    counter('rounds', dropped.get('skipped') ?? 0, '{round}', [['outcome', 'skipped']]),
  ]
}

const ofBudgets = ({ report, intervalMs, scripts }: SelfFacts): readonly Figure[] => {
  const used: readonly (readonly [BudgetName | 'round_time', number])[] = [
    ['round_time', report.durationMs / intervalMs],
    ...scripts.used,
  ]
  return used.map(([budget, share]) => gauge(`budget.${budget}.utilization`, share, '1'))
}

const ofRelay = ({ relay, ledger }: SelfFacts): readonly Figure[] => {
  const { out, dropped } = ledger.total('relay')
  return [
    gauge('relay.waiting', relay.messages, '{message}'),
    gauge('relay.buffer.usage', relay.bytes, 'By'),
    gauge('relay.buffer.limit', relay.limitBytes, 'By'),
    gauge('relay.buffer.utilization', relay.bytes / relay.limitBytes, '1'),
    counter('relay.sent', out, '{signal}'),
    ...[...dropped].map(([reason, count]) => counter('relay.dropped', count, '{signal}', [['reason', reason]])),
  ]
}

const ofCollectors = ({ report, signals }: SelfFacts): readonly Figure[] =>
  [...report.collectors].flatMap(([name, { durationMs }]) => {
    const own: Own = [['collector', name]]
    return [
      gauge('collector.duration', durationMs / 1000, 's', own),
      gauge('collector.success', report.broken.includes(name) ? 0 : 1, undefined, own),
      counter('collector.signals', signals.get(name) ?? 0, '{signal}', own),
    ]
  })

// every result from the start, so that the first failure is an increase
const ofKind = (kind: string, { runs, timeMs, leaks, longestMs }: KindFigures): readonly Figure[] => [
  counter('script.time', timeMs / 1000, 's', [['kind', kind]]),
  counter('script.leaks', leaks, '{run}', [['kind', kind]]),
  gauge('script.duration.max', longestMs / 1000, 's', [['kind', kind]]),
  ...runResults.map((outcome) =>
    counter('script.runs', runs.get(outcome) ?? 0, '{run}', [
      ['kind', kind],
      ['outcome', outcome],
    ]),
  ),
]

/** Pairs read = sent + refused, by reason. A line that was dropped whole is no pair, as nobody knows how many it held. */
const ofBooks = ({ ledger }: SelfFacts): readonly Figure[] => {
  const { in: taken, out, dropped } = ledger.total(SCRIPT_STAGE)
  const lines = [...dropped].filter(([reason]) => lineDropReasons.has(reason))
  const pairs = [...dropped].filter(([reason]) => !lineDropReasons.has(reason))
  const ofLines = lines.reduce((sum, [, count]) => sum + count, 0)
  return [
    counter('pairs.read', taken - ofLines, '{pair}'),
    counter('pairs.sent', out, '{pair}'),
    ...pairs.map(([reason, count]) => counter('pairs.refused', count, '{pair}', [['reason', reason]])),
    ...lines.map(([reason, count]) => counter('lines.dropped', count, '{line}', [['reason', reason]])),
  ]
}
