import type { Gear } from '../node/gear.ts'
import type { Emit } from '../signal.ts'

/**
 * Measures; knows neither schedule nor syslog. What is missing is simply not emitted; a throw means the collector is
 * broken. Timing, counting, logging and isolation are gather's, once for all.
 */
export interface Collector {
  readonly name: string
  /** 'gear': called with the few gears whose turn it is; 'node': called once a round with all of them. */
  readonly scope: 'gear' | 'node'
  collect(gears: readonly Gear[], emit: Emit, abort: AbortSignal): Promise<void>
}
