/** One step of the way of a metric, as it was found. */
export interface Hop {
  /** What a person would call it: `syslog`, `bridge`, `backend graphs`. */
  readonly name: string
  readonly target: string
  /** skipped: not looked at, because an earlier hop is broken. */
  readonly result: 'ok' | 'broken' | 'skipped'
  /** What was seen, and what to do about it. */
  readonly detail: string
}

export const ok = (name: string, target: string, detail = ''): Hop => ({ name, target, result: 'ok', detail })
export const broken = (name: string, target: string, detail: string): Hop => ({
  name,
  target,
  result: 'broken',
  detail,
})

/** What `/api/v1/backends` tells of a backend. */
export interface BackendReport {
  readonly name: string
  readonly target: string
  readonly isUp: boolean
  readonly waiting: number
  readonly lastError?: string
  /** Value of the last probe that it wrote. */
  readonly probe?: number
}

/** Whether the probe with this value has come through a backend; undefined: not yet. */
export const judgeBackend = (
  { name, target, isUp, lastError, probe }: BackendReport,
  mark: number,
): Hop | undefined => {
  if (!isUp) return broken(`backend ${name}`, target, lastError ?? 'it is down')
  return probe === mark ? ok(`backend ${name}`, target, 'wrote it') : undefined
}

/** What is said of a backend that has shown nothing until the end of the wait. */
export const overdueBackend = ({ name, target, waiting }: BackendReport): Hop =>
  broken(
    `backend ${name}`,
    target,
    `it is up but has not written the probe; ${waiting} metrics wait (does its "only" leave out the gear?)`,
  )
