import type { Metric } from '../metric.ts'
import type { Gear, Script } from '../node/gear.ts'
import type { ScriptRun } from '../scripts/script-run.ts'
import { resultOf } from './backoff.ts'
import { labelsOf } from './script-events.ts'

const RUN_NAMES: ReadonlySet<string> = new Set(['script.duration', 'script.success', 'script.backed_off'])
const OWN_PREFIX = 'oo.gather.'

/** Names of what we measure ourselves, which no script may write. */
export const isOwnName = (name: string): boolean => RUN_NAMES.has(name) || name.startsWith(OWN_PREFIX)

interface Told {
  readonly timeMs: number
  /** Whether rounds are left out now. */
  readonly isBackedOff: boolean
  /** Absent in a round that is left out. */
  readonly run?: ScriptRun
}

/** What a script's author should see of its runs, besides what it prints. */
export const runMetrics = (gear: Gear, script: Script, { timeMs, isBackedOff, run }: Told): readonly Metric[] => {
  const labels = labelsOf(gear, script)
  const gauge = (name: string, value: number): Metric => ({
    type: 'metric',
    name,
    value,
    kind: 'gauge',
    timeMs,
    collector: script.kind,
    labels,
  })
  const ofRun = run
    ? [
        { ...gauge('script.duration', run.durationMs / 1000), unit: 's' },
        gauge('script.success', resultOf(run) === 'succeeded' ? 1 : 0),
      ]
    : []
  return [...ofRun, gauge('script.backed_off', isBackedOff ? 1 : 0)]
}
