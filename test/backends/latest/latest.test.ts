import { expect } from 'chai'
import { createLatest, type Latest, latestSchema } from '../../../src/backends/latest/latest.ts'
import type { Contract } from '../../../src/contract.ts'
import type { Event } from '../../../src/event.ts'
import { ManualClock } from '../../support/clock.ts'
import { behavesLikeABackend } from '../conformance.ts'
import { makeMetric, TIME_MS } from '../make-metric.ts'

const never = new AbortController().signal

describe('latest', () => {
  let clock: ManualClock
  let latest: Latest
  const make = (settings: object = {}): Latest => createLatest(latestSchema.parse(settings), clock)
  const names = (gear?: string): string[] => [...latest.series(gear)].map(({ name, value }) => `${name}=${value}`)
  beforeEach(() => {
    clock = new ManualClock(TIME_MS + 1000)
    latest = make()
  })

  behavesLikeABackend(async () => {
    const backend = make()
    return {
      backend,
      arrived: async () => [...backend.series()].map(({ name }) => name).join('\n'),
      close: async () => {},
    }
  })

  it('keeps the last value of each series', async () => {
    await latest.write([makeMetric({ value: 1 }), makeMetric({ name: 'other', value: 7 })], never)
    await latest.write([makeMetric({ value: 2, timeMs: TIME_MS + 1 })], never)
    expect(names()).to.deep.equal(['thread.count=2', 'other=7'])
  })

  it('refuses a value that is older than the one it has', async () => {
    await latest.write([makeMetric({ value: 1 })], never)
    const late = makeMetric({ value: 2, timeMs: TIME_MS - 1 })
    expect(await latest.write([late], never)).to.deep.equal({
      status: 'refused',
      refused: [{ metric: late, reason: 'older-than-known' }],
    })
    expect(names()).to.deep.equal(['thread.count=1'])
  })

  it('is not held up by a value from the future', async () => {
    await latest.write([makeMetric({ value: 1, timeMs: TIME_MS * 2 })], never)
    await latest.write([makeMetric({ value: 2 })], never)
    expect(names()).to.deep.equal(['thread.count=2'])
  })

  it('refuses new series beyond its limits, for each gear and for all', async () => {
    latest = make({ maxSeries: 3, maxSeriesPerGear: 2 })
    const of = (gear: string, name: string) => makeMetric({ name, labels: { gear } })
    const result = await latest.write(
      [of('g1', 'a'), of('g1', 'b'), of('g1', 'c'), of('g2', 'a'), of('g3', 'a')],
      never,
    )
    expect(result.status === 'refused' && result.refused.map(({ reason }) => reason)).to.deep.equal([
      'too-many-series-of-gear',
      'too-many-series',
    ])
  })

  it('does not let pushed lines take the place of what was measured of the node', async () => {
    latest = make({ maxSeriesPerGear: 1 })
    const { collector: _, ...pushed } = makeMetric({ name: 'load', value: 999, labels: { node: 'n1' } })
    const measured = makeMetric({ name: 'load', value: 1, collector: 'system', labels: { node: 'n1' } })
    expect(await latest.write([pushed, measured], never)).to.deep.equal({ status: 'written' })
    expect(names()).to.have.members(['load=999', 'load=1'])
  })

  it('forgets what does not come any more', async () => {
    await latest.write([makeMetric({ labels: { gear: 'old' } })], never)
    await clock.advance(200_000)
    await latest.write([makeMetric({ labels: { gear: 'new' } })], never)
    expect(latest.gears()).to.deep.equal(['old', 'new'])
    await clock.advance(100_001)
    expect(latest.gears()).to.deep.equal(['new'])
    expect(names('old')).to.deep.equal([])
    expect(names('new')).to.deep.equal(['thread.count=5'])
  })

  it('lists gears, not what belongs to none', async () => {
    await latest.write([makeMetric(), makeMetric({ labels: { node: 'n1' } })], never)
    expect(latest.gears()).to.deep.equal(['aa11'])
  })

  it('knows what the manifest of the same gear and cartridge says of a metric', () => {
    const metric = makeMetric()
    const declaration = { name: 'thread.count', description: 'Threads.' }
    const contract: Contract = { type: 'contract', declaration, timeMs: TIME_MS, labels: metric.labels }
    latest.takeContract(contract)
    expect(latest.declarationOf(metric)).to.equal(declaration)
    expect(latest.declarationOf(makeMetric({ name: 'other' }))).to.equal(undefined)
    expect(latest.declarationOf(makeMetric({ labels: { gear: 'aa11', cart: 'ruby' } }))).to.equal(undefined)
  })

  it('keeps the newest events', () => {
    latest = make({ maxEvents: 2 })
    const event = (message: string): Event => ({
      type: 'event',
      reason: 'script-failed',
      message,
      timeMs: TIME_MS,
      labels: new Map(),
      details: new Map(),
    })
    for (const message of ['1', '2', '3']) latest.takeEvent(event(message))
    expect(latest.events.map(({ message }) => message)).to.deep.equal(['2', '3'])
  })
})
