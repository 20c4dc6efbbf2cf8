import type { Clock } from '../clock.ts'
import type { Collector } from '../collectors/collector.ts'
import { messageOf } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Logger } from '../logger.ts'
import type { Labels } from '../metric.ts'
import type { Gear, GearProblem } from '../node/gear.ts'
import type { Emit } from '../signal.ts'
import { offsetOf } from './offset.ts'

/** What a round needs; handed in by the composition root. */
export interface RoundParts {
  readonly listGears: () => Promise<{ readonly gears: readonly Gear[]; readonly problems: readonly GearProblem[] }>
  readonly collectors: readonly Collector[]
  readonly emit: Emit
  readonly clock: Clock
  readonly logger: Logger
  /** Labels of what is said about the node itself. */
  readonly nodeLabels: Labels
}

/** What one collector did in a round, over all its calls. */
interface CollectorReport {
  /** Of all calls together: those for different gears may run beside each other. */
  readonly durationMs: number
  readonly signals: number
}

export interface RoundReport {
  readonly startedMs: number
  readonly durationMs: number
  /** Ids of the gears that there were. */
  readonly gears: readonly string[]
  readonly collectors: ReadonlyMap<string, CollectorReport>
  /** Names of the collectors that threw: they are broken, the others were not disturbed. */
  readonly broken: readonly string[]
}

/**
 * One gather over all gears. Collectors of the node start at once, those of gears when each gear's turn comes within
 * `spreadMs`. Resolves when all are done; after `abort` no gear is begun any more.
 */
export const runRound = async (parts: RoundParts, spreadMs: number, abort: AbortSignal): Promise<RoundReport> => {
  const { clock, collectors, emit } = parts
  const startedMs = clock.now()
  const { gears, problems } = await parts.listGears()
  if (problems.length > 0) emit(problems.map((problem) => problemEvent(problem, parts.nodeLabels, startedMs)))

  const watched = collectors.map((collector) => watch(collector, parts, abort))
  const ofNode = watched.filter(({ scope }) => scope === 'node')
  const ofGears = watched.filter(({ scope }) => scope === 'gear')
  const turn = async (gear: Gear): Promise<void> => {
    const offset = offsetOf(gear.id, spreadMs)
    if (offset > 0) await clock.sleep(startedMs + offset - clock.now(), abort)
    if (abort.aborted) return
    await Promise.all(ofGears.map((collector) => collector.collect([gear])))
  }
  await Promise.all([...ofNode.map((collector) => collector.collect(gears)), ...gears.map(turn)])
  return {
    startedMs,
    durationMs: clock.now() - startedMs,
    gears: gears.map(({ id }) => id),
    collectors: new Map(watched.map(({ name, report }) => [name, report])),
    broken: watched.filter(({ report }) => report.isBroken).map(({ name }) => name),
  }
}

interface Watched extends Pick<Collector, 'name' | 'scope'> {
  /** Never rejects: what the collector throws is logged once a round. */
  collect(gears: readonly Gear[]): Promise<void>
  readonly report: CollectorReport & { readonly isBroken: boolean }
}

/** Times and counts what a collector does, and keeps its failures from the others. */
const watch = (collector: Collector, { clock, emit, logger }: RoundParts, abort: AbortSignal): Watched => {
  const report = { durationMs: 0, signals: 0, isBroken: false }
  const countingEmit: Emit = (signals) => {
    report.signals += signals.length
    emit(signals)
  }
  const { name, scope } = collector
  return {
    name,
    scope,
    report,
    async collect(gears) {
      const beganMs = clock.now()
      try {
        await collector.collect(gears, countingEmit, abort)
      } catch (thrown) {
        if (!report.isBroken) logger.error(`collector ${name}: ${messageOf(thrown)}`)
        report.isBroken = true
      }
      report.durationMs += clock.now() - beganMs
    },
  }
}

const problemEvent = ({ place, expected, got, reason }: GearProblem, labels: Labels, timeMs: number): Event => ({
  type: 'event',
  reason: 'gear-unreadable',
  message: `${place}: expected ${expected}, got ${got}`,
  timeMs,
  labels,
  details: new Map([['problem', reason]]),
})
