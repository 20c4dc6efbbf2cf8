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

export interface RoundReport {
  readonly startedMs: number
  readonly durationMs: number
  readonly gears: number
  /** Names of the collectors that threw: they are broken, the others were not disturbed. */
  readonly broken: readonly string[]
}

/**
 * One gather over all gears. Collectors of the node start at once, those of gears when each gear's turn comes within
 * `spreadMs`. Resolves when all are done; after `abort` no gear is begun any more.
 */
export const runRound = async (parts: RoundParts, spreadMs: number, abort: AbortSignal): Promise<RoundReport> => {
  const { clock, collectors, emit, logger } = parts
  const startedMs = clock.now()
  const { gears, problems } = await parts.listGears()
  if (problems.length > 0) emit(problems.map((problem) => problemEvent(problem, parts.nodeLabels, startedMs)))

  const broken = new Set<string>()
  const collect = async (collector: Collector, chosen: readonly Gear[]): Promise<void> => {
    try {
      await collector.collect(chosen, emit, abort)
    } catch (thrown) {
      if (!broken.has(collector.name)) logger.error(`collector ${collector.name}: ${messageOf(thrown)}`)
      broken.add(collector.name)
    }
  }
  const turn = async (gear: Gear): Promise<void> => {
    const offset = offsetOf(gear.id, spreadMs)
    if (offset > 0) await clock.sleep(startedMs + offset - clock.now(), abort)
    if (abort.aborted) return
    await Promise.all(collectors.filter(({ scope }) => scope === 'gear').map((collector) => collect(collector, [gear])))
  }
  const ofNode = collectors.filter(({ scope }) => scope === 'node')
  await Promise.all([...ofNode.map((collector) => collect(collector, gears)), ...gears.map(turn)])
  return { startedMs, durationMs: clock.now() - startedMs, gears: gears.length, broken: [...broken] }
}

const problemEvent = ({ place, expected, got, reason }: GearProblem, labels: Labels, timeMs: number): Event => ({
  type: 'event',
  reason: 'gear-unreadable',
  message: `${place}: expected ${expected}, got ${got}`,
  timeMs,
  labels,
  details: new Map([['problem', reason]]),
})
