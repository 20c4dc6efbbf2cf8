import { basename } from 'node:path'
import type { GatherdSettings } from '../../gatherd/settings.ts'
import type { Script } from '../../node/gear.ts'
import { createScriptRunner } from '../../scripts/run.ts'
import type { ScriptRun, Who } from '../../scripts/script-run.ts'
import type { Finding } from './finding.ts'
import { LineChecker, scriptRules } from './lines.ts'

/** What one run of a script printed, and what was wrong with it. */
export interface CheckedRun {
  readonly succeeded: boolean
  readonly printed: ReadonlySet<string>
  /** It ended well without a word: nothing to measure, as of a server that does not run. */
  readonly isSilent: boolean
  readonly findings: readonly Finding[]
}

/** Runs a script once, within the limits of the daemon. */
export const checkRun = async (
  script: Script,
  who: Who,
  { scripts, gears }: Pick<GatherdSettings, 'scripts' | 'gears'>,
): Promise<CheckedRun> => {
  const timeoutMs = Math.min(script.timeoutMs ?? scripts.timeoutMs, scripts.gearTimeoutMs)
  const checker = new LineChecker(`${basename(script.cwd)}: output`, {
    rules: scriptRules(gears),
    maxLineBytes: scripts.maxLineBytes,
  })
  const run = await createScriptRunner({ minUid: gears.minUid })(script, who, {
    // long lines come as well, so that they count in the numbers of lines; the checker refuses them
    limits: { ...scripts, timeoutMs, maxLineBytes: scripts.maxOutputBytes + 1 },
    abort: new AbortController().signal,
    onLine: (line) => checker.take(line),
  })
  const succeeded = run.outcome === 'succeeded'
  return {
    succeeded,
    printed: checker.printed,
    isSilent: succeeded && checker.lines === 0,
    findings: [...runFindings(nameOf(script), run, timeoutMs), ...checker.findings],
  }
}

/** A script as one would type it. */
export const nameOf = ({ path, args }: Script): string => [path, ...args].join(' ')

const runFindings = (place: string, run: ScriptRun, timeoutMs: number): readonly Finding[] => {
  const stderr = run.stderrTail.trim().split('\n').at(-1)
  const said = stderr ? `; it said: ${stderr}` : ''
  const findings: Finding[] = []
  const find = (reason: string, message: string): void => void findings.push({ place, reason, message })
  if (run.outcome === 'not-started') find('script-not-started', `${run.notStarted}${said}`)
  if (run.outcome === 'timed-out') find('script-timed-out', `expected an end within ${timeoutMs} ms${said}`)
  if (run.outcome === 'failed' && run.output === 'whole') {
    find('script-failed', `expected exit status 0, got ${run.signal ?? run.exitCode}${said}`)
  }
  if (run.output !== 'whole') find('script-output-cut', `it printed more than the limit (${run.output})`)
  if (run.lineUnfinished) find('line-unfinished', 'it was ended in the middle of a line, which is dropped')
  return findings
}
