import { messageOf } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Ledger } from '../ledger.ts'
import { type RoundParts, type RoundReport, runRound } from './round.ts'
import { type Schedule, startSchedule } from './schedule.ts'
import type { Self } from './self.ts'
import { ROUND_STAGE } from './self-figures.ts'
import type { GatherSettings } from './settings.ts'

export interface GathererParts extends RoundParts {
  readonly settings: GatherSettings
  readonly ledger: Ledger
  /** What measures ourselves; absent where only the gears' own lines are wanted. */
  readonly self?: Self
}

export interface Gatherer {
  /** One round now, without offsets; for `--once`. */
  once(): Promise<RoundReport>
  /** Rounds by the schedule, the first one at once. */
  start(): void
  /** Begins nothing more; resolves when what runs has ended, which the limits of the scripts bound. */
  stop(): Promise<void>
}

/** Runs rounds one after the other: one that is still running when the next is due makes that one skipped and counted, never stacked. */
export const createGatherer = (parts: GathererParts): Gatherer => {
  const { settings, clock, logger, ledger, nodeLabels, self } = parts
  const intervalMs = settings.intervalSeconds * 1000
  const abort = new AbortController()
  let running: Promise<unknown> | undefined
  let schedule: Schedule | undefined

  const round = async (spreadMs: number): Promise<RoundReport> => {
    ledger.received(ROUND_STAGE, '')
    const report = await runRound(parts, spreadMs, abort.signal)
    ledger.passed(ROUND_STAGE, '')
    ledger.retain(new Set(report.gears))
    if (self) parts.emit(self.metrics(report, { intervalMs, nodeLabels }))
    return report
  }
  const begin = (spreadMs: number): void => {
    if (running) {
      skipped(1, 'the round before it is still running')
      return
    }
    running = round(spreadMs)
      .then(({ durationMs, gears }) => logger.debug(`round of ${gears.length} gears took ${durationMs} ms`))
      .catch((thrown: unknown) => logger.error(`round: ${messageOf(thrown)}`))
      .finally(() => {
        running = undefined
      })
  }
  const skipped = (rounds: number, why: string): void => {
    ledger.received(ROUND_STAGE, '', rounds)
    ledger.drop(ROUND_STAGE, '', 'skipped', rounds)
    logger.warn(`${rounds} round(s) skipped: ${why}`)
    parts.emit([skipEvent(parts, rounds, why)])
  }
  const fullSpreadMs = (intervalMs * settings.spreadPercent) / 100

  return {
    once: () => round(0),
    start() {
      if (!settings.enabled) return logger.info('gather.enabled is false: nothing is gathered')
      const untilNextMs = intervalMs - (clock.now() % intervalMs)
      begin(settings.cron === undefined ? (untilNextMs * settings.spreadPercent) / 100 : 0)
      schedule = startSchedule({
        settings,
        now: () => clock.now(),
        logger,
        onRound: () => begin(fullSpreadMs),
        onMissed: (rounds) => skipped(rounds, 'the program or the clock stood still'),
      })
    },
    async stop() {
      schedule?.stop()
      abort.abort()
      await running
    },
  }
}

const skipEvent = ({ clock, nodeLabels }: RoundParts, rounds: number, why: string): Event => ({
  type: 'event',
  reason: 'round-skipped',
  message: why,
  timeMs: clock.now(),
  labels: nodeLabels,
  details: new Map([['count', String(rounds)]]),
})
