import { Live } from '../api/live.ts'
import { createLatest, type Latest } from '../backends/latest/latest.ts'
import { createFanOut } from '../bridge/fan-out.ts'
import type { HealthChange } from '../bridge/health.ts'
import { createIntake, FRAMES } from '../bridge/intake.ts'
import type { BackendState } from '../bridge/pump.ts'
import type { BridgeSettings } from '../bridge/settings.ts'
import type { Clock } from '../clock.ts'
import type { Event } from '../event.ts'
import type { Ledger } from '../ledger.ts'
import type { Logger } from '../logger.ts'
import type { Signal } from '../signal.ts'
import { Inlets } from './inlets.ts'
import { Outlets } from './outlets.ts'
import type { BridgedSettings } from './settings.ts'

export interface FlowParts {
  readonly settings: BridgedSettings
  readonly logger: Logger
  readonly clock: Clock
  readonly ledger: Ledger
}

/** Everything between the ways in and the ways out, joined. No receiver is open yet. */
export interface Flow {
  readonly inlets: Inlets
  readonly outlets: Outlets
  readonly latest: Latest
  readonly live: Live
}

export const createFlow = ({ settings, logger, clock, ledger }: FlowParts): Flow => {
  const live = new Live()
  const latest = createLatest(settings.latest, clock)
  const seen: Watchers = { latest, publish: (signals) => live.publish(signals) }
  const outlets = new Outlets(settings, { ledger, clock, latest, onChange: createReporter(logger, clock, seen) })
  const distribute = createDistributor(settings.bridge, clock, { ...seen, outlets })
  const { seenFrames } = settings.bridge
  const inlets = new Inlets({
    take: createIntake({ ledger, clock, seenFrames, take: distribute }),
    refuse: (reason, _origin, count = 1) => {
      ledger.received(FRAMES, '', count)
      ledger.drop(FRAMES, '', reason, count)
    },
  })
  return { inlets, outlets, latest, live }
}

/** Those who show what happens. */
interface Watchers {
  readonly latest: Latest
  readonly publish: (signals: readonly Signal[]) => void
}

type Take = (signals: readonly Signal[]) => void

/** Metrics go to every backend that wants them, events and contracts to `latest`, everything to who watches. */
const createDistributor = (
  { counterSeries, counterExpireSeconds }: BridgeSettings,
  clock: Clock,
  { latest, publish, outlets }: Watchers & { readonly outlets: Outlets },
): Take => {
  const fanOut = createFanOut({ maxSeries: counterSeries, lifeMs: counterExpireSeconds * 1000 }, clock)
  return (signals) => {
    for (const signal of signals) {
      if (signal.type === 'event') latest.takeEvent(signal)
      else if (signal.type === 'contract') latest.takeContract(signal)
    }
    fanOut(
      signals.filter((signal) => signal.type === 'metric'),
      outlets.all,
    )
    publish(signals)
  }
}

/** A backend that goes down or comes back is an event. */
const createReporter =
  (logger: Logger, clock: Clock, { latest, publish }: Watchers) =>
  (change: HealthChange, { name, target, lastError = '', waiting }: BackendState): void => {
    const where = `backend ${name} (${target})`
    if (change === 'broken') {
      logger.error(`${where} lost a batch: ${lastError}`)
      return
    }
    const message = change === 'down' ? `${where} is down: ${lastError}` : `${where} is up again`
    logger.warn(message)
    const details = new Map(Object.entries({ backend: name, waiting: String(waiting) }))
    const labels = new Map<string, string>()
    const event: Event = { type: 'event', reason: `backend-${change}`, message, timeMs: clock.now(), labels, details }
    latest.takeEvent(event)
    publish([event])
  }
