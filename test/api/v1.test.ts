import { expect } from 'chai'
import type { Answer } from '../../src/api/answer.ts'
import { v1Routes } from '../../src/api/v1.ts'
import { createLatest, type Latest, latestSchema } from '../../src/backends/latest/latest.ts'
import { makeMetric, TIME_MS } from '../backends/make-metric.ts'
import { ManualClock } from '../support/clock.ts'

describe('/api/v1', () => {
  let latest: Latest
  const state = { name: 'graphs', target: 'udp:x:1', isUp: true, waiting: 0, failedWrites: 0 }
  const ask = (path: string, query: Record<string, string> = {}): Answer =>
    v1Routes({ view: latest, backends: () => [state] })
      .find((route) => route.path === path)!
      .answer({ params: {}, query: new Map(Object.entries(query)) })
  const read = (answer: Answer): unknown => JSON.parse(answer.body ?? '')
  beforeEach(async () => {
    latest = createLatest(latestSchema.parse({}), new ManualClock(TIME_MS))
    const labels = { gear: 'bb22', ns: 'acme', secret: 'x' }
    const batch = [
      makeMetric({ name: 'old', timeMs: 1000 }),
      makeMetric(),
      makeMetric({ labels }),
      makeMetric({ labels: { node: 'n1' } }),
    ]
    await latest.write(batch, new AbortController().signal)
  })

  it('lists gears with their owners', () => {
    expect(read(ask('/api/v1/gears'))).to.deep.equal([
      { gear: 'aa11', app: 'ap11', appName: 'shop', ns: 'acme', node: 'n1', series: 2, timeMs: TIME_MS },
      { gear: 'bb22', ns: 'acme', series: 1, timeMs: TIME_MS },
    ])
  })

  it('lists metrics, since a time and of a gear', () => {
    const count = (query: Record<string, string>): number => (read(ask('/api/v1/metrics', query)) as unknown[]).length
    expect([
      count({}),
      count({ since: '1001' }),
      count({ gear: 'aa11' }),
      count({ gear: 'aa11', since: '1001' }),
    ]).to.deep.equal([4, 3, 2, 1])
    expect(read(ask('/api/v1/metrics', { gear: 'bb22' }))).to.deep.equal([
      {
        name: 'thread.count',
        value: 5,
        kind: 'gauge',
        timeMs: TIME_MS,
        collector: 'cartridge',
        labels: { gear: 'bb22', ns: 'acme', secret: 'x' },
      },
    ])
  })

  it('says what is wrong with a question', () => {
    expect(ask('/api/v1/metrics', { since: 'yesterday' }).status).to.equal(400)
  })

  it('tells events and how backends do', () => {
    latest.takeEvent({
      type: 'event',
      reason: 'backend-up',
      message: 'm',
      timeMs: 1,
      labels: new Map(),
      details: new Map([['a', 'b']]),
    })
    expect(read(ask('/api/v1/events'))).to.deep.equal([
      { reason: 'backend-up', message: 'm', timeMs: 1, labels: {}, details: { a: 'b' } },
    ])
    expect(read(ask('/api/v1/backends'))).to.deep.equal([state])
  })
})
