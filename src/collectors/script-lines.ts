import type { Ledger } from '../ledger.ts'
import { parseMetricLine } from '../message/metric-line.ts'
import type { Labels, Metric } from '../metric.ts'
import type { Gear, Script } from '../node/gear.ts'
import type { ScriptRun } from '../scripts/script-run.ts'
import type { Emit } from '../signal.ts'
import type { DropReason, Refusals } from './refusals.ts'
import { labelsOf } from './script-events.ts'

/** The ledger's stage: pairs printed by scripts = metrics + pairs and lines dropped. */
const STAGE = 'scripts'

export interface LineParts {
  readonly emit: Emit
  readonly ledger: Ledger
  readonly refusals: Refusals
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
  const { emit, ledger, refusals, reserved, now } = parts
  const own = labelsOf(gear, script)

  const drop = (reason: DropReason, { count = 1, sample = '' }): void => {
    if (count === 0) return
    ledger.received(STAGE, gear.id, count)
    ledger.drop(STAGE, gear.id, reason, count)
    refusals.add(reason, script, { count, sample })
  }
  /** Nobody knows how much it would have been; an event of its own tells of it. */
  const dropRest = (): void => {
    ledger.received(STAGE, gear.id)
    ledger.drop(STAGE, gear.id, 'output-cut')
  }
  /** Labels of the line behind our own, which it cannot replace. */
  const labelled = (labels: Labels): Labels => {
    const authors = [...labels].filter(([name]) => !own.has(name))
    for (const [name] of labels) if (own.has(name)) drop('reserved-key', { sample: `label.${name}` })
    return authors.length === 0 ? own : new Map([...own, ...authors])
  }

  return {
    take(line) {
      const { pairs, labels, refused } = parseMetricLine(line, { typeRequired: false, reserved })
      for (const { reason, column, text } of refused) drop(reason, { sample: `at column ${column}: ${text}` })
      const all = labelled(labels)
      if (pairs.length === 0) return
      const timeMs = now()
      ledger.received(STAGE, gear.id, pairs.length)
      emit(pairs.map((pair) => metricOf(pair, script, { timeMs, labels: all })))
      ledger.passed(STAGE, gear.id, pairs.length)
    },
    end({ output, linesTooLong, lineUnfinished }) {
      if (output !== 'whole') dropRest()
      drop('line-too-long', { count: linesTooLong })
      drop('line-unfinished', { count: lineUnfinished ? 1 : 0 })
    },
  }
}

const metricOf = (
  { name, value }: { readonly name: string; readonly value: number },
  { kind: collector, declarations }: Script,
  { timeMs, labels }: Pick<Metric, 'timeMs' | 'labels'>,
): Metric => {
  const { kind = 'gauge', unit } = declarations.get(name) ?? {}
  return { type: 'metric', name, value, kind, ...(unit !== undefined && { unit }), timeMs, collector, labels }
}
