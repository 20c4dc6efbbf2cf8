import type { Labels, MetricKind } from '../metric.ts'
import { formatNumber } from './number.ts'
import { formatElement, GEAR_ID } from './structured-data.ts'

/** 32473 is the enterprise number that RFC 5612 reserves for documentation. */
export const OUR_ID = 'oo@32473'

export const APP_NAME = 'oo-gather-metrics'

/** One letter for each metric of a message, in `k`. */
export const LETTER_OF_KIND: Readonly<Record<MetricKind, string>> = { gauge: 'g', counter: 'c', timer: 't' }

/** Stands for what a metric does not have, in `u` and `s`. */
export const NONE = '-'

/** What `oo@32473` says about the pairs at the end of a message's text. */
export interface OurData {
  readonly timeMs: number
  readonly collector?: string | undefined
  /** Further parameters in their order: `k`, `u`, `s`, or `n`. */
  readonly content: readonly (readonly [string, string])[]
  readonly id?: string | undefined
}

export const formatOurData = ({ timeMs, collector, content, id }: OurData): string => {
  const params: (readonly [string, string])[] = [['t', formatNumber(timeMs)], ...content]
  if (collector !== undefined) params.splice(1, 0, ['c', collector])
  if (id !== undefined) params.unshift(['id', id])
  return formatElement(OUR_ID, params)
}

/** Attribution and the author's labels, all of them; nothing where there are none. */
export const formatLabels = (labels: Labels): string => (labels.size > 0 ? formatElement(GEAR_ID, labels) : '')
