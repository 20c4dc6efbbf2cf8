import type { LatestView } from '../backends/latest/latest.ts'
import type { BackendState } from '../bridge/pump.ts'
import type { Clock } from '../clock.ts'
import type { Ledger } from '../ledger.ts'
import type { Logger } from '../logger.ts'
import { dcosRoutes } from './dcos.ts'
import { healthRoute } from './health.ts'
import type { Live } from './live.ts'
import { prometheusRoute } from './prometheus/route.ts'
import { createSelfMetrics } from './prometheus/self.ts'
import type { ApiServer } from './server.ts'
import type { ApiSettings } from './settings.ts'
import { streamRoute } from './stream.ts'
import { loadToken } from './token.ts'
import { v1Routes } from './v1.ts'

export interface ApiParts {
  readonly settings: ApiSettings
  readonly view: LatestView
  readonly backends: () => readonly BackendState[]
  readonly live: Live
  readonly ledger: Ledger
  readonly clock: Pick<Clock, 'now'>
  readonly version: string
  readonly logger: Logger
}

/** Serves everything. @throws Error when it cannot listen or has no good token */
export const startApi = async (parts: ApiParts): Promise<ApiServer> => {
  const { settings, view, backends, live, ledger, clock, version, logger } = parts
  const addSelf = createSelfMetrics({ version, ledger, backends, missedByStreams: () => live.missed })
  const token = settings.open ? undefined : loadToken(settings.tokenFile)
  const { startServer } = await import('./server.ts')
  return startServer({
    host: settings.host,
    port: settings.port,
    access: { token, hosts: settings.hosts },
    routes: [
      healthRoute,
      ...dcosRoutes('/v0', view, clock),
      ...dcosRoutes('/system/v1/metrics/v0', view, clock),
      ...v1Routes({ view, backends }),
      prometheusRoute(view, addSelf),
    ],
    stream: streamRoute(live, settings.maxStreams),
    onFault: (error) => logger.error(`API: ${error.stack ?? error.message}`),
  })
}
