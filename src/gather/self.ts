import type { Clock } from '../clock.ts'
import type { GearMemories } from '../collectors/gear-memory.ts'
import type { ScriptMeter } from '../collectors/script-meter.ts'
import type { Ledger } from '../ledger.ts'
import type { Labels, Metric } from '../metric.ts'
import type { RoundReport } from './round.ts'
import { figuresOf, type RelayLoad } from './self-figures.ts'

export interface SelfParts {
  readonly meter: ScriptMeter
  readonly memories: GearMemories
  readonly ledger: Ledger
  readonly relay: () => RelayLoad
  readonly clock: Pick<Clock, 'now'>
}

/** Measures the gatherer itself. Its counters begin when it is made. */
export interface Self {
  /** Asked once, at the end of a round. */
  metrics(report: RoundReport, round: { readonly intervalMs: number; readonly nodeLabels: Labels }): readonly Metric[]
}

export const createSelf = (parts: SelfParts): Self => {
  const { meter, memories, ledger, clock } = parts
  const startMs = clock.now()
  const signals = new Map<string, number>()
  return {
    metrics(report, { intervalMs, nodeLabels }) {
      for (const [name, done] of report.collectors) signals.set(name, (signals.get(name) ?? 0) + done.signals)
      const backedOff = [...memories.scripts()].filter(({ memory }) => memory.backoff.rounds > 0).length
      const facts = { report, intervalMs, signals, scripts: meter.take(), backedOff, ledger, relay: parts.relay() }
      const timeMs = clock.now()
      return figuresOf(facts).map(({ name, own = [], ...figure }) => ({
        type: 'metric',
        name: `oo.gather.${name}`,
        ...figure,
        timeMs,
        ...(figure.kind === 'counter' && { startMs }),
        collector: 'gather',
        labels: own.length === 0 ? nodeLabels : new Map([...nodeLabels, ...own]),
      }))
    },
  }
}
