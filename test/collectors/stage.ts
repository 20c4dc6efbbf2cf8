import {
  type BackoffSettings,
  type BudgetSettings,
  backoffSchema,
  budgetsSchema,
} from '../../src/collectors/budget-settings.ts'
import { createGearMemories } from '../../src/collectors/gear-memory.ts'
import { createScriptMeter } from '../../src/collectors/script-meter.ts'
import { createScriptCollector } from '../../src/collectors/scripts.ts'
import type { Event } from '../../src/event.ts'
import { Ledger } from '../../src/ledger.ts'
import { attributionLabels, type Metric } from '../../src/metric.ts'
import type { Gear, Script } from '../../src/node/gear.ts'
import type { RunOptions, RunScript, ScriptRun } from '../../src/scripts/script-run.ts'
import { type ScriptSettings, scriptsSchema } from '../../src/scripts/settings.ts'
import type { Signal } from '../../src/signal.ts'
import { ManualClock } from '../support/clock.ts'

export const settings: ScriptSettings = { ...scriptsSchema.parse({}), concurrency: 2 }
export const budgets: BudgetSettings = budgetsSchema.parse({})
export const backoff: BackoffSettings = backoffSchema.parse({})

/** What a script does when it is run in a test. */
export interface Act extends Partial<ScriptRun> {
  readonly prints?: readonly string[]
  /** Awaited before the run ends. */
  readonly until?: Promise<unknown>
}

export const makeScript = (path: string, changes: Partial<Script> = {}): Script => ({
  kind: 'cartridge',
  path,
  args: [],
  cwd: '/',
  environment: new Map(),
  declarations: new Map(),
  ...(changes.kind === 'hook' ? {} : { cart: path.slice(1) }),
  ...changes,
})

export interface Ran {
  readonly path: string
  readonly gear: number
  readonly options: RunOptions
}

export interface CollectorChanges extends Partial<ScriptSettings> {
  readonly budgets?: Partial<BudgetSettings>
  readonly backoff?: Partial<BackoffSettings>
  readonly tellsRuns?: boolean
}

/** A collector whose scripts are acted, by path; a script without an act prints nothing and succeeds. */
export const makeCollector = (acts: Readonly<Record<string, Act>> = {}, given: CollectorChanges = {}) => {
  const { budgets: budgetChanges, backoff: backoffChanges, tellsRuns = false, ...changes } = given
  const ran: Ran[] = []
  const run: RunScript = async (script, who, options) => {
    ran.push({ path: script.path, gear: who.uid, options })
    const { prints = [], until, ...result } = acts[script.path] ?? {}
    for (const line of prints) options.onLine(Buffer.from(line, 'latin1'))
    await until
    return { ...well, ...result }
  }
  const clock = new ManualClock()
  const ledger = new Ledger()
  const reserved = new Set([...attributionLabels, 'tier'])
  const memories = createGearMemories()
  const meter = createScriptMeter()
  const collector = createScriptCollector({
    scripts: { ...settings, ...changes },
    budgets: { ...budgets, ...budgetChanges },
    backoff: { ...backoff, ...backoffChanges },
    run,
    clock,
    ledger,
    reserved,
    memories,
    meter,
    tellsRuns,
  })
  const emitted: (readonly Signal[])[] = []
  const collect = async (gears: readonly Gear[], abort = new AbortController().signal): Promise<readonly Signal[]> => {
    const from = emitted.length
    await collector.collect(gears, (signals) => void emitted.push(signals), abort)
    return emitted.slice(from).flat()
  }
  return { collect, ran, emitted, clock, ledger, memories, meter, pathsRun: () => ran.map(({ path }) => path) }
}

export const well: ScriptRun = {
  outcome: 'succeeded',
  exitCode: 0,
  startedMs: 0,
  durationMs: 5,
  stderrTail: '',
  output: 'whole',
  linesTooLong: 0,
  lineUnfinished: false,
}

/** `name=value` of metrics and `reason` of events, in order. */
export const brief = (signals: readonly Signal[]): string[] =>
  signals.map((signal) => {
    if (signal.type === 'metric') return `${signal.name}=${signal.value}`
    return signal.type === 'event' ? signal.reason : `contract ${signal.declaration.name}`
  })

export const metricsOf = (signals: readonly Signal[]): Metric[] => signals.filter((signal) => signal.type === 'metric')

export const eventsOf = (signals: readonly Signal[]): Event[] => signals.filter((signal) => signal.type === 'event')

export const factsOf = ({ details }: Event): Record<string, string> => Object.fromEntries(details)
