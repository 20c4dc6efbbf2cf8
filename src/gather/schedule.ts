import { schedule as cronSchedule, type ScheduledTask } from 'node-cron'
import { messageOf } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { GatherSettings } from './settings.ts'

/**
 * The door to node-cron (with cron-fault.ts). An interval such as 90 s has no cron expression, and one that does not divide a minute is
 * uneven, so an interval is kept by a beat each second and the question whether a new multiple of the interval has begun;
 * this also outlives clock jumps and blocked loops with one late round at most. An expression of the admin's goes to node-cron as it is.
 */
const EVERY_SECOND = '* * * * * *'

export interface Schedule {
  stop(): void
}

export interface ScheduleParts {
  readonly settings: GatherSettings
  readonly now: () => number
  readonly logger: Logger
  /** A round is due. Rejections are logged; overlap is the callee's to judge. */
  readonly onRound: () => void
  /** Rounds that should have begun while the loop was blocked or the clock was moved. */
  readonly onMissed: (rounds: number) => void
}

export const startSchedule = ({ settings, now, logger, onRound, onMissed }: ScheduleParts): Schedule => {
  const options = { logger: forCron(logger), suppressMissedWarning: true }
  let task: ScheduledTask
  if (settings.cron === undefined) {
    const due = dueRounds(settings.intervalSeconds * 1000, now())
    task = cronSchedule(
      EVERY_SECOND,
      () => {
        const rounds = due(now())
        if (rounds > 0) onRound()
        if (rounds > 1) onMissed(rounds - 1)
      },
      options,
    )
  } else {
    task = cronSchedule(settings.cron, onRound, options)
    task.on('execution:missed', () => onMissed(1))
  }
  return { stop: () => void task.destroy() }
}

/**
 * Tells at each beat how many rounds have become due since the last one: 0, 1, or more after a pause. A clock that was
 * set back begins a round of its new time at once.
 */
export const dueRounds = (intervalMs: number, startMs: number): ((nowMs: number) => number) => {
  let last = Math.floor(startMs / intervalMs)
  return (nowMs) => {
    const current = Math.floor(nowMs / intervalMs)
    const rounds = current >= last ? current - last : 1
    last = current
    return rounds
  }
}

// without a logger of ours it prints to the console
const forCron = (logger: Logger) => ({
  info: (message: string) => logger.debug(message),
  warn: (message: string) => logger.warn(message),
  error: (message: string | Error) => logger.error(messageOf(message)),
  debug: () => {},
})
