import { describeProblem, printable } from '../errors.ts'
import type { Event, EventReason } from '../event.ts'
import type { Labels } from '../metric.ts'
import type { Gear, GearProblem, Script } from '../node/gear.ts'
import type { ScriptRun } from '../scripts/script-run.ts'
import type { Backoff } from './backoff.ts'

/** Attribution of what a script of a gear printed. */
export const labelsOf = (gear: Gear, { cart }: Script): Labels =>
  cart === undefined ? gear.labels : new Map([...gear.labels, ['cart', cart]])

export const describeScript = ({ kind, cart, path }: Script): string =>
  printable(cart === undefined ? `${kind} ${path}` : `${kind} ${cart}: ${path}`)

interface Facts {
  readonly timeMs: number
  readonly message: string
  /** Empty values are left out. */
  readonly details: readonly (readonly [string, string])[]
  /** The script that it is about, if one. */
  readonly script?: Script
}

export const gearEvent = (reason: EventReason, gear: Gear, { timeMs, message, details, script }: Facts): Event => ({
  type: 'event',
  reason,
  message: printable(message),
  timeMs,
  labels: script ? labelsOf(gear, script) : gear.labels,
  details: new Map(details.filter(([, value]) => value !== '')),
})

/** What is to be told of a run, if anything. */
export const runEvent = (
  gear: Gear,
  script: Script,
  { run, timeMs }: { readonly run: ScriptRun; readonly timeMs: number },
): Event | undefined => {
  const said = sayingOf(run)
  if (!said) return undefined
  const [reason, what] = said
  return gearEvent(reason, gear, {
    script,
    timeMs,
    message: `${describeScript(script)}: ${what}`,
    details: [...detailsOf(run), ['script', script.path]],
  })
}

const sayingOf = (run: ScriptRun): readonly [EventReason, string] | undefined => {
  if (run.output !== 'whole') {
    return [
      'script-output-cut',
      `killed for printing more ${run.output === 'cut-lines' ? 'lines' : 'bytes'} than the limit`,
    ]
  }
  switch (run.outcome) {
    case 'failed':
      return [
        'script-failed',
        run.signal === undefined ? `ended with status ${run.exitCode}` : `killed by ${run.signal}`,
      ]
    case 'timed-out':
      return ['script-timed-out', `ended after ${run.durationMs} ms, at its limit`]
    case 'not-started':
      return ['script-not-started', `not started: ${run.notStarted}`]
    case 'succeeded':
    case 'aborted':
      return undefined
  }
}

const detailsOf = (run: ScriptRun): readonly (readonly [string, string])[] => [
  ['problem', run.notStarted ?? (run.output === 'whole' ? '' : run.output)],
  ['exit', String(run.exitCode ?? '')],
  ['signal', run.signal ?? ''],
  ['duration_ms', String(run.durationMs)],
  ['stderr', lastLine(run.stderrTail)],
]

const lastLine = (text: string): string => printable(text.trimEnd().split('\n').at(-1) ?? '')

/** A script has failed so often that rounds are left out, or more of them than before. */
export const backedOffEvent = (
  gear: Gear,
  script: Script,
  { run, timeMs, backoff }: { readonly run: ScriptRun; readonly timeMs: number; readonly backoff: Backoff },
): Event =>
  gearEvent('script-backed-off', gear, {
    script,
    timeMs,
    message: `${describeScript(script)}: ${backoff.failures} failure(s) in a row, left out for ${backoff.rounds} round(s)`,
    details: [
      ['failures', String(backoff.failures)],
      ['rounds', String(backoff.rounds)],
      ...detailsOf(run),
      ['script', script.path],
    ],
  })

/** @param running the script that was ended, or the last one; `left` scripts did not get their turn */
export const gearTimedOutEvent = (
  gear: Gear,
  running: Script,
  { timeMs, limitMs, left }: { readonly timeMs: number; readonly limitMs: number; readonly left: number },
): Event =>
  gearEvent('gear-timed-out', gear, {
    timeMs,
    message: `scripts took more than ${limitMs} ms together, at ${describeScript(running)}; ${left} more not run`,
    details: [
      ['limit_ms', String(limitMs)],
      ['not_run', String(left)],
      ['script', running.path],
    ],
  })

/** What could not be read in a gear: one event per reason. */
export const problemEvents = (gear: Gear, timeMs: number): readonly Event[] => {
  const byReason = Map.groupBy(gear.problems, ({ reason }) => reason)
  return [...byReason].map(([reason, problems]) => problemEvent(gear, timeMs, { reason, problems }))
}

const problemEvent = (
  gear: Gear,
  timeMs: number,
  { reason, problems }: { readonly reason: GearProblem['reason']; readonly problems: readonly GearProblem[] },
): Event =>
  gearEvent('gear-unreadable', gear, {
    timeMs,
    message: `${reason}: ${problems.slice(0, 1).map(describeProblem).join('')}`,
    details: [
      ['problem', reason],
      ['count', String(problems.length)],
      ['place', printable(problems[0]?.place ?? '')],
    ],
  })
