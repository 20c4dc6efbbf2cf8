import type { LatestView } from '../../backends/latest/latest.ts'
import type { Metric } from '../../metric.ts'
import type { Route } from '../answer.ts'
import { Exposition, expositionType } from './exposition.ts'
import { toPrometheus } from './name.ts'

/** Adds figures about ourselves. */
export type AddSelf = (page: Exposition) => void

/** `/metrics` for Prometheus; `?gear=` shows one gear, and nothing about ourselves. */
export const prometheusRoute = (view: LatestView, addSelf: AddSelf): Route => ({
  path: '/metrics',
  answer: ({ query }) => {
    const gear = query.get('gear')
    const page = new Exposition()
    if (gear === undefined) addSelf(page) // first, so that no tenant takes its names
    for (const metric of trustedFirst(view.series(gear))) addMetric(page, view, metric)
    if (gear === undefined) addNotShown(page)
    return { status: 200, type: expositionType, body: page.render() }
  },
})

/** What anyone can push must not take the place of what was measured. */
function* trustedFirst(series: Iterable<Metric>): Generator<Metric> {
  const pushed: Metric[] = []
  for (const metric of series) {
    if (metric.collector === undefined) pushed.push(metric)
    else yield metric
  }
  yield* pushed
}

const addMetric = (page: Exposition, view: LatestView, metric: Metric): void => {
  const { name, value } = toPrometheus(metric)
  const { description, displayName } = view.declarationOf(metric) ?? {}
  const help = description ?? displayName ?? `Metric ${metric.name}.`
  page.add({ name, type: metric.kind === 'counter' ? 'counter' : 'gauge', help }, metric.labels, value)
}

const addNotShown = (page: Exposition): void => {
  const facts = {
    name: 'oo_bridge_exposition_hidden_series',
    type: 'gauge',
    help: 'Series left out of this page, since their name after translation is taken.',
  } as const
  for (const [reason, count] of page.notShown) page.add(facts, new Map([['reason', reason]]), count)
}
