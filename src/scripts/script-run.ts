import type { GearIdentity, Script } from '../node/gear.ts'

/** Whom a script runs as. With a login name it gets that user's groups, without one only `gid`. */
export type Who = Pick<GearIdentity, 'uid' | 'gid' | 'user'>

/** What one run may use up. */
export interface RunLimits {
  /** From the start to SIGTERM. */
  readonly timeoutMs: number
  /** From SIGTERM to SIGKILL. */
  readonly killDelayMs: number
  readonly maxLineBytes: number
  /** On standard output, and as many on standard error. */
  readonly maxOutputBytes: number
  readonly maxLines: number
}

export interface RunOptions {
  readonly limits: RunLimits
  /** Ends the run early: SIGTERM, then SIGKILL. */
  readonly abort: AbortSignal
  /** One line of standard output without its end, as it comes. The bytes are valid only during the call. Never throws. */
  readonly onLine: (line: Buffer) => void
}

export const notStartedReasons = [
  'uid-refused',
  'no-such-file',
  'is-directory',
  'not-a-file',
  'not-executable',
  'bad-interpreter',
  'permission-denied',
  'bad-directory',
  'cannot-become-user',
  'environment-too-large',
  'out-of-resources',
] as const
export type NotStartedReason = (typeof notStartedReasons)[number]

/** How one run went. */
export interface ScriptRun {
  /** succeeded: ended by itself with status 0; failed: ended otherwise, or killed because its output was cut. */
  readonly outcome: 'succeeded' | 'failed' | 'timed-out' | 'aborted' | 'not-started'
  readonly exitCode?: number
  /** What ended it, such as `SIGKILL`. */
  readonly signal?: string
  readonly notStarted?: NotStartedReason
  /** Unix milliseconds. */
  readonly startedMs: number
  readonly durationMs: number
  /** The last 4 KiB of standard error, without control characters but newline and tab. */
  readonly stderrTail: string
  /** cut: it wrote more than the limit on bytes or on lines, and was killed for it; what came before was handed over. */
  readonly output: 'whole' | 'cut-bytes' | 'cut-lines'
  /** Lines over `maxLineBytes`. */
  readonly linesTooLong: number
  /** It was killed in the middle of a line, which may lack digits and was not handed over. */
  readonly lineUnfinished: boolean
  /** A process of the run was out of reach and may still be there. Absent: none that we know of. */
  readonly leaked?: true
}

/**
 * Runs a script to its end or its limits. Resolves at the latest shortly after `timeoutMs + killDelayMs`, whoever still
 * holds its pipes; never rejects for what the script does. Another implementation can stand in: a spawner, or a test's own.
 */
export type RunScript = (script: Script, who: Who, options: RunOptions) => Promise<ScriptRun>
