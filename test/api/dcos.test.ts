import { expect } from 'chai'
import type { Answer } from '../../src/api/answer.ts'
import { dcosRoutes } from '../../src/api/dcos.ts'
import { createLatest, type Latest, latestSchema } from '../../src/backends/latest/latest.ts'
import type { Metric } from '../../src/metric.ts'
import { makeMetric, TIME_MS } from '../backends/make-metric.ts'
import { ManualClock } from '../support/clock.ts'

describe('DC/OS metrics API', () => {
  const clock = new ManualClock(TIME_MS)
  let latest: Latest
  beforeEach(() => {
    latest = createLatest(latestSchema.parse({}), clock)
  })
  const write = async (...metrics: Metric[]): Promise<void> =>
    void (await latest.write(metrics, new AbortController().signal))
  const ask = (path: string, params: Record<string, string> = {}, query: Record<string, string> = {}): Answer =>
    dcosRoutes('/v0', latest, clock)
      .find((route) => route.path === path)!
      .answer({ params, query: new Map(Object.entries(query)) })
  const names = ({ body = '{}' }: Answer): string[] =>
    (JSON.parse(body) as { datapoints: { name: string }[] }).datapoints.map(({ name }) => name)
  const NOTHING: Answer = { status: 204 }

  it('answers a ping', () => {
    expect(ask('/v0/ping')).to.deep.equal({
      status: 200,
      type: 'application/json; charset=UTF-8',
      body: '{"ok":true,"timestamp":"2026-11-21T05:30:00Z"}\n',
    })
  })

  it('has nothing to tell at first, and an empty list of containers', () => {
    expect(ask('/v0/node')).to.deep.equal(NOTHING)
    expect(ask('/v0/containers').body).to.equal('[]\n')
    expect(ask('/v0/containers/:id', { id: 'aa11' })).to.deep.equal(NOTHING)
    expect(ask('/v0/containers/:id/app', { id: 'aa11' })).to.deep.equal(NOTHING)
    expect(ask('/v0/containers/:id/app/:metric', { id: 'aa11', metric: 'x' })).to.deep.equal(NOTHING)
  })

  it('tells what was measured of a gear from what it says of itself', async () => {
    const { collector: _, ...pushed } = makeMetric({ name: 'pushed' })
    const from = (collector: string): Metric => makeMetric({ name: collector, collector })
    await write(...['cgroup', 'quota', 'process', 'cartridge', 'hook', 'statsd'].map(from), pushed)
    expect(names(ask('/v0/containers/:id', { id: 'aa11' }))).to.deep.equal(['cgroup', 'quota', 'process'])
    expect(names(ask('/v0/containers/:id/app', { id: 'aa11' }))).to.deep.equal([
      'cartridge',
      'hook',
      'statsd',
      'pushed',
    ])
  })

  it('finds ids and metrics by their whole name', async () => {
    await write(makeMetric({ name: 'some-app-metric' }), makeMetric({ name: 'other' }))
    expect(names(ask('/v0/containers/:id/app/:metric', { id: 'aa11', metric: 'other' }))).to.deep.equal(['other'])
    expect(ask('/v0/containers/:id/app/:metric', { id: 'aa11', metric: 'some' })).to.deep.equal(NOTHING)
    expect(ask('/v0/containers/:id/app', { id: 'aa1' })).to.deep.equal(NOTHING)
  })

  it('lists gears in order', async () => {
    await write(...['b', 'a', '10', '9'].map((gear) => makeMetric({ labels: { gear } })))
    expect(ask('/v0/containers').body).to.equal('["10","9","a","b"]\n')
  })

  it('shows the node what was measured of it, and not what anyone pushed', async () => {
    const { collector: _, ...pushed } = makeMetric({ name: 'forged', labels: { node: 'n1' } })
    const load = (node: string): Metric => makeMetric({ name: `load.${node}`, collector: 'system', labels: { node } })
    await write(pushed, makeMetric(), load('n1'), load('n2'))
    expect(names(ask('/v0/node'))).to.deep.equal(['load.n1', 'load.n2'])
    expect(names(ask('/v0/node', {}, { node: 'n2' }))).to.deep.equal(['load.n2'])
  })
})
