import type { Ledger } from '../ledger.ts'
import type { Pair } from '../message/line-draft.ts'
import { parseMetricLine } from '../message/metric-line.ts'
import type { Labels, Metric } from '../metric.ts'
import type { Gear, Script } from '../node/gear.ts'
import type { ScriptRun } from '../scripts/script-run.ts'
import type { Emit } from '../signal.ts'
import type { Budget, BudgetReason } from './budget.ts'
import type { DropReason, Refusals } from './refusals.ts'
import { labelsOf } from './script-events.ts'
import { isOwnName } from './script-metrics.ts'

/** The ledger's stage: pairs printed by scripts = metrics + pairs and lines dropped. */
export const SCRIPT_STAGE = 'scripts'

/** What is dropped as a line, of which nobody knows how many pairs it would have been; an event of its own tells of `output-cut`. */
export const lineDropReasons: ReadonlySet<string> = new Set([
  'line-too-long',
  'line-unfinished',
  'lines-budget',
  'bytes-budget',
  'output-cut',
] satisfies (DropReason | 'output-cut')[])

export interface LineParts {
  readonly emit: Emit
  readonly ledger: Ledger
  readonly refusals: Refusals
  readonly budget: Budget
  /** Names that only we may write: attribution and the keys of METRICS_METADATA. */
  readonly reserved: ReadonlySet<string>
  readonly now: () => number
}

/** Turns what one run of a script prints into metrics: those of a line are emitted together, as soon as it is read. */
export interface LineReader {
  readonly take: (line: Buffer) => void
  /** Accounts for the lines that never came. */
  readonly end: (run: Pick<ScriptRun, 'output' | 'linesTooLong' | 'lineUnfinished'>) => void
}

export const createLineReader = (gear: Gear, script: Script, parts: LineParts): LineReader => {
  const { emit, ledger, refusals, budget, reserved, now } = parts
  const own = labelsOf(gear, script)

  const drop = (reason: DropReason, { count = 1, sample = '' }): void => {
    if (count === 0) return
    ledger.received(SCRIPT_STAGE, gear.id, count)
    ledger.drop(SCRIPT_STAGE, gear.id, reason, count)
    refusals.add(reason, script, { count, sample })
  }
  const dropRest = (): void => {
    ledger.received(SCRIPT_STAGE, gear.id)
    ledger.drop(SCRIPT_STAGE, gear.id, 'output-cut')
  }
  /** Labels of the line that are its author's to write. */
  const authorsOf = (labels: Labels): Labels => {
    for (const [name] of labels) if (own.has(name)) drop('reserved-key', { sample: `label.${name}` })
    return new Map([...labels].filter(([name]) => !own.has(name)))
  }
  const send = (pairs: readonly Pair[], authors: Labels): void => {
    if (pairs.length === 0) return
    const timeMs = now()
    const labels = authors.size === 0 ? own : new Map([...own, ...authors])
    ledger.received(SCRIPT_STAGE, gear.id, pairs.length)
    emit(pairs.map((pair) => metricOf(pair, script, { timeMs, labels })))
    ledger.passed(SCRIPT_STAGE, gear.id, pairs.length)
  }

  return {
    take(line) {
      const overBudget = budget.line(line.length + 1)
      if (overBudget) return drop(overBudget, {})
      const { pairs, labels, refused } = parseMetricLine(line, { typeRequired: false, reserved })
      for (const { reason, column, text } of refused) drop(reason, { sample: `at column ${column}: ${text}` })
      const authors = authorsOf(labels)
      const reasonNot = createJudge(script, authors, budget)
      const good = pairs.filter(({ name }) => {
        const reason = reasonNot(name)
        if (reason) drop(reason, { sample: name })
        return reason === undefined
      })
      send(good, authors)
    },
    end({ output, linesTooLong, lineUnfinished }) {
      if (output !== 'whole') dropRest()
      drop('line-too-long', { count: linesTooLong })
      drop('line-unfinished', { count: lineUnfinished ? 1 : 0 })
    },
  }
}

/** Tells of each pair of a line why it may not be sent, if so. */
const createJudge = ({ kind, cart, path }: Script, authors: Labels, budget: Budget) => {
  const labelReason = budget.labels(authors)
  const scope = JSON.stringify([kind, cart, path, ...[...authors].toSorted(byName)])
  return (name: string): BudgetReason | 'reserved-key' | undefined =>
    isOwnName(name) ? 'reserved-key' : (labelReason ?? budget.pair(name, scope))
}

// the order in which labels are written does not tell one series from another
const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number => (one < other ? -1 : 1)

const metricOf = (
  { name, value }: Pair,
  { kind: collector, declarations }: Script,
  { timeMs, labels }: Pick<Metric, 'timeMs' | 'labels'>,
): Metric => {
  const { kind = 'gauge', unit } = declarations.get(name) ?? {}
  return { type: 'metric', name, value, kind, ...(unit !== undefined && { unit }), timeMs, collector, labels }
}
