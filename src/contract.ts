import type { Labels, MetricKind } from './metric.ts'

export const graphTypes = ['line', 'area', 'bar', 'number', 'gauge'] as const
export type GraphType = (typeof graphTypes)[number]

/** What an author declares about one metric in `Metrics:` of a manifest. */
export interface Declaration {
  readonly name: string
  readonly kind?: MetricKind
  readonly unit?: string
  readonly displayName?: string
  readonly description?: string
  readonly graphType?: GraphType
  readonly min?: number
  readonly max?: number
  readonly warn?: number
  readonly crit?: number
}

/** A declaration on its way to those who show metrics. Presentation only. */
export interface Contract {
  readonly type: 'contract'
  readonly declaration: Declaration
  readonly timeMs: number
  /** The attribution of the gear and cartridge that declared it. */
  readonly labels: Labels
}
