import type { LatestView } from '../backends/latest/latest.ts'
import type { BackendState } from '../bridge/pump.ts'
import { json, problem, type Route } from './answer.ts'
import { eventToJson, metricToJson } from './signal-json.ts'

export interface V1Parts {
  readonly view: LatestView
  readonly backends: () => readonly BackendState[]
}

/** Our own API: what the bridge knows, as JSON. */
export const v1Routes = ({ view, backends }: V1Parts): Route[] => [
  {
    path: '/api/v1/gears',
    answer: () => json(view.gears().flatMap((gear) => describeGear(view, gear))),
  },
  {
    path: '/api/v1/metrics',
    answer: ({ query }) => {
      const since = Number(query.get('since') ?? 0)
      if (!Number.isFinite(since)) return problem(400, 'since: expected Unix milliseconds')
      const metrics = [...view.series(query.get('gear'))].filter(({ timeMs }) => timeMs >= since)
      return json(metrics.map(metricToJson))
    },
  },
  { path: '/api/v1/events', answer: () => json(view.events.map(eventToJson)) },
  { path: '/api/v1/backends', answer: () => json(backends()) },
]

const describeGear = (view: LatestView, gear: string): Record<string, unknown>[] => {
  const metrics = [...view.series(gear)].sort((a, b) => b.timeMs - a.timeMs)
  const [newest] = metrics
  if (!newest) return []
  const owner = OWNER.flatMap((key) => (newest.labels.has(key) ? [[key, newest.labels.get(key)]] : []))
  return [{ gear, ...Object.fromEntries(owner), series: metrics.length, timeMs: newest.timeMs }]
}

const OWNER = ['app', 'appName', 'ns', 'node']
