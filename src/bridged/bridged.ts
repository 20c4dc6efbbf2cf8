import { startApi } from '../api/api.ts'
import type { ApiServer } from '../api/server.ts'
import { systemClock } from '../clock.ts'
import { Ledger } from '../ledger.ts'
import { packageVersion } from '../package-version.ts'
import { createFlow, type Flow, type FlowParts } from './flow.ts'
import type { BridgedSettings } from './settings.ts'

export type BridgedParts = Pick<FlowParts, 'settings' | 'logger'> & Partial<Pick<FlowParts, 'clock' | 'ledger'>>

export interface RunningBridge {
  /** Where it listens: `unix:/run/x.sock`, `tcp:127.0.0.1:5514` … */
  readonly addresses: readonly string[]
  /** `http://127.0.0.1:9176`; undefined when the API is off. */
  readonly apiUrl: string | undefined
  readonly ledger: Ledger
  /**
   * Takes over other settings of receivers and backends; what did not change runs on. Sections `latest`, `api` and `log`, and
   * how much is remembered, need a restart.
   * @throws ReceiverError when a receiver cannot be opened; everything else is in force then
   */
  reload(settings: BridgedSettings): Promise<void>
  /** Takes nothing more, hands over what waits within `bridge.drainMs`, and ends. */
  close(): Promise<void>
}

/** How often accounts of gears that are gone are folded. */
const HOUSEKEEPING_MS = 60_000

/**
 * Runs receivers, bridge, backends and API.
 * @throws ReceiverError, or Error when the API cannot be served; nothing is left open then
 */
export const runBridge = async (parts: BridgedParts): Promise<RunningBridge> => {
  const { settings, logger, clock = systemClock, ledger = new Ledger() } = parts
  const whole: FlowParts = { settings, logger, clock, ledger }
  const flow = createFlow(whole)
  const { inlets, outlets, latest } = flow
  const housekeeping = setInterval(() => ledger.retain(new Set(latest.gears())), HOUSEKEEPING_MS)
  housekeeping.unref()
  let api: ApiServer | undefined
  let { drainMs } = settings.bridge

  const close = async (): Promise<void> => {
    clearInterval(housekeeping)
    await inlets.close()
    await outlets.close(drainMs)
    await api?.close()
  }
  try {
    api = await serve(whole, flow)
    await inlets.change(settings.receivers)
  } catch (thrown) {
    await close()
    throw thrown
  }
  return {
    get addresses() {
      return inlets.addresses
    },
    apiUrl: api?.url,
    ledger,
    async reload(next) {
      drainMs = next.bridge.drainMs
      await outlets.change(next)
      await inlets.change(next.receivers)
    },
    close,
  }
}

const serve = async (
  { settings, clock, ledger, logger }: FlowParts,
  { latest, outlets, live }: Flow,
): Promise<ApiServer | undefined> => {
  if (!settings.api.enabled) return undefined
  const backends = () => outlets.states
  return startApi({
    settings: settings.api,
    view: latest,
    backends,
    live,
    ledger,
    clock,
    logger,
    version: packageVersion(),
  })
}
