import { systemClock } from '../../clock.ts'
import { createScriptRunner } from '../run.ts'
import type { RunScript, ScriptRun } from '../script-run.ts'
import type { ScriptSettings } from '../settings.ts'
import { createKeeper, type KeeperParts, type KeeperStatus } from './keeper.ts'
import type { LinkRun } from './link.ts'
import { createSuspects } from './suspects.ts'

/** Runs scripts by a spawner, which is there from the first run on. */
export interface ScriptRunner {
  readonly run: RunScript
  status(): RunnerStatus
  /** Ends what still runs, and the spawner. */
  close(): Promise<void>
}

export interface RunnerStatus extends KeeperStatus {
  /** Runs of which something is left, as far as is known. */
  readonly leaks: number
}

export interface RunnerParts extends KeeperParts {
  readonly settings: KeeperParts['settings'] & Pick<ScriptSettings, 'spawner'>
}

/** While there is no spawner the daemon starts scripts itself, or, where that is not wanted, they are not run. */
export const createSpawningRunner = (parts: RunnerParts): ScriptRunner => {
  const { clock = systemClock } = parts
  const mode = parts.settings.spawner
  const direct = createScriptRunner(parts)
  const keeper = createKeeper(parts)
  const suspects = createSuspects(clock)
  let leaks = 0

  const runAnyhow: RunScript = async (script, who, options) => {
    const startedMs = clock.now()
    const started = performance.now()
    const link = mode === 'never' ? undefined : await keeper.link()
    if (!link && mode !== 'always') return direct(script, who, options)
    const run = (await link?.run(script, who, { ...options, isSuspect: suspects.has(script.path) })) ?? 'none'
    if (run === 'lost' || run === 'stuck') suspects.add(script.path)
    return typeof run === 'string' ? unsaid(run, startedMs, performance.now() - started) : run
  }
  return {
    async run(script, who, options) {
      const run = await runAnyhow(script, who, options)
      if (run.leaked) leaks += 1
      return run
    },
    status: () => ({ ...keeper.status(), leaks }),
    close: () => keeper.close(),
  }
}

type Unsaid = Exclude<LinkRun, ScriptRun> | 'none'

const ENDINGS: Readonly<Record<Unsaid, Pick<ScriptRun, 'outcome' | 'notStarted' | 'stderrTail'>>> = {
  lost: { outcome: 'aborted', stderrTail: 'the spawner ended during the run' },
  stuck: { outcome: 'timed-out', stderrTail: 'the spawner said nothing any more' },
  'too-large': { outcome: 'not-started', notStarted: 'environment-too-large', stderrTail: '' },
  none: { outcome: 'not-started', notStarted: 'out-of-resources', stderrTail: 'there is no spawner' },
}

/** What is known of a run of which no spawner tells. */
const unsaid = (how: Unsaid, startedMs: number, durationMs: number): ScriptRun => ({
  startedMs,
  durationMs: Math.round(durationMs),
  output: 'whole',
  linesTooLong: 0,
  lineUnfinished: false,
  ...ENDINGS[how],
})
