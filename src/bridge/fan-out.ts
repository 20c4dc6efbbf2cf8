import type { Clock } from '../clock.ts'
import type { Metric } from '../metric.ts'
import { type IncreaseLimits, Increases } from './increase.ts'
import type { Pump } from './pump.ts'
import type { Fits } from './route.ts'

/** A backend with the metrics that it gets. */
export interface Outlet {
  readonly pump: Pump
  readonly fits: Fits
}

export type FanOut = (metrics: readonly Metric[], outlets: readonly Outlet[]) => void

/** Hands each metric to every backend that it fits; the increase of a counter is worked out once for all of them. */
export const createFanOut = (limits: IncreaseLimits, clock: Pick<Clock, 'now'>): FanOut => {
  const increases = new Increases(limits)

  const pushCounter = (metric: Metric, outlets: readonly Outlet[]): void => {
    const increase = outlets.some(wantsIncreases) ? increases.of(metric, clock.now()) : undefined
    for (const outlet of outlets) {
      if (!outlet.fits(metric)) continue
      const wanted = increase !== undefined && wantsIncreases(outlet) ? increase : metric
      if (typeof wanted === 'string') outlet.pump.pushDropped(metric, wanted)
      else outlet.pump.push(wanted)
    }
  }

  return (metrics, outlets) => {
    for (const metric of metrics) {
      if (metric.kind === 'counter') pushCounter(metric, outlets)
      else for (const { pump, fits } of outlets) if (fits(metric)) pump.push(metric)
    }
  }
}

const wantsIncreases = ({ pump }: Outlet): boolean => pump.backend.counters === 'increases'
