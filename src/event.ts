import type { Labels } from './metric.ts'

/** Everything that can be said in an event, a closed set: rules and alerts are written against these words. */
export const eventReasons = [
  'script-failed',
  'script-timed-out',
  'script-not-started',
  'script-output-cut',
  'script-backed-off',
  'gear-timed-out',
  'gear-unreadable',
  'lines-refused',
  'budget-exceeded',
  'round-skipped',
  'backend-down',
  'backend-up',
] as const
export type EventReason = (typeof eventReasons)[number]

/** Something that happened to a gear, a script or a part of ourselves. */
export interface Event {
  readonly type: 'event'
  readonly reason: EventReason
  /** One line for people: where, what was expected, what came. */
  readonly message: string
  readonly timeMs: number
  readonly labels: Labels
  /** Facts for programs: `exit`, `signal`, `duration_ms`, `stderr`, `count`, `sample` … */
  readonly details: ReadonlyMap<string, string>
}
