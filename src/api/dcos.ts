import type { LatestView } from '../backends/latest/latest.ts'
import type { Clock } from '../clock.ts'
import type { Metric } from '../metric.ts'
import { type Answer, json, noContent, type Route } from './answer.ts'
import { formatSeconds, toMessage } from './datapoint.ts'

/** Measured from outside, so it is of the container; everything else is what the application says of itself. */
const CONTAINER_COLLECTORS = new Set(['cgroup', 'quota', 'process'])
const isOfContainer = ({ collector }: Metric): boolean => collector !== undefined && CONTAINER_COLLECTORS.has(collector)
const isOfApp = (metric: Metric): boolean => !isOfContainer(metric)

/** Of no gear, and measured by us: anyone can push a line that names no gear. */
const isOfNode = ({ labels, collector }: Metric): boolean => !labels.has('gear') && collector !== undefined

/** The metrics API of DC/OS, below `base`; a gear is what is called a container there. Ids are matched exactly. */
export const dcosRoutes = (base: string, view: LatestView, clock: Pick<Clock, 'now'>): Route[] => {
  const ofGear = (gear: string | undefined, isWanted: (metric: Metric) => boolean): Answer =>
    message([...view.series(gear ?? '')].filter(isWanted))
  return [
    { path: `${base}/ping`, answer: () => json({ ok: true, timestamp: formatSeconds(clock.now()) }) },
    {
      path: `${base}/node`,
      answer: ({ query }) => {
        const node = query.get('node')
        const isWanted = ({ labels }: Metric): boolean => node === undefined || labels.get('node') === node
        return message([...view.series()].filter((metric) => isOfNode(metric) && isWanted(metric)))
      },
    },
    { path: `${base}/containers`, answer: () => json(view.gears().sort()) },
    { path: `${base}/containers/:id`, answer: ({ params }) => ofGear(params.id, isOfContainer) },
    { path: `${base}/containers/:id/app`, answer: ({ params }) => ofGear(params.id, isOfApp) },
    {
      path: `${base}/containers/:id/app/:metric`,
      answer: ({ params }) => ofGear(params.id, (metric) => isOfApp(metric) && metric.name === params.metric),
    },
  ]
}

const message = (metrics: readonly Metric[]): Answer => {
  const found = toMessage(metrics)
  return found ? json(found) : noContent
}
