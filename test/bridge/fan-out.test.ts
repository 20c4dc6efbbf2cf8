import { expect } from 'chai'
import type { Backend } from '../../src/backends/backend.ts'
import { createFanOut, type Outlet } from '../../src/bridge/fan-out.ts'
import { Pump, stageOf } from '../../src/bridge/pump.ts'
import { bridgeSchema } from '../../src/bridge/settings.ts'
import { Ledger } from '../../src/ledger.ts'
import type { Metric } from '../../src/metric.ts'
import { makeMetric } from '../backends/make-metric.ts'
import { ManualClock, settle } from '../support/clock.ts'
import { FakeBackend } from './fake-backend.ts'

describe('fan-out', () => {
  const clock = new ManualClock()
  let ledger: Ledger
  const outlet = (
    counters: Backend['counters'],
    fits: Outlet['fits'] = () => true,
  ): { outlet: Outlet; got: Metric[] } => {
    const backend = new FakeBackend([], counters)
    const got: Metric[] = []
    const write = backend.write.bind(backend)
    backend.write = (batch) => {
      got.push(...batch)
      return write(batch)
    }
    const settings = bridgeSchema.parse({ batchMetrics: 1 })
    return { outlet: { pump: new Pump({ backend, settings, ledger, clock, onChange: () => {} }), fits }, got }
  }
  const fanOut = createFanOut({ maxSeries: 10, lifeMs: 1000 }, clock)
  const counter = (value: number, timeMs: number): Metric =>
    makeMetric({ name: 'jobs', kind: 'counter', value, timeMs })
  beforeEach(() => {
    ledger = new Ledger()
  })

  it('gives totals to those who want totals and increases to those who want these', async () => {
    const [totals, increases, more] = [outlet('totals'), outlet('increases'), outlet('increases')]
    const outlets = [totals.outlet, increases.outlet, more.outlet]
    fanOut([counter(10, 1), makeMetric({ value: 1 }), counter(13, 2)], outlets)
    for (let turn = 0; turn < 10; turn += 1) await settle()
    const values = (got: readonly Metric[]): unknown => got.map(({ name, value }) => [name, value])
    expect(values(totals.got)).to.deep.equal([
      ['jobs', 10],
      ['thread.count', 1],
      ['jobs', 13],
    ])
    for (const { got } of [increases, more]) {
      expect(values(got)).to.deep.equal([
        ['thread.count', 1],
        ['jobs', 3],
      ])
    }
    expect(ledger.total(stageOf('fake')).dropped.get('first-sight')).to.equal(2)
  })

  it('keeps to what each backend is to get', async () => {
    const all = outlet('totals')
    const some = outlet('increases', ({ name }) => name === 'jobs')
    fanOut([makeMetric(), counter(50, 10)], [all.outlet, some.outlet])
    for (let turn = 0; turn < 10; turn += 1) await settle()
    expect(all.got).to.have.lengthOf(2)
    expect(some.got.map(({ name }) => name)).to.deep.equal(['jobs'])
  })
})
