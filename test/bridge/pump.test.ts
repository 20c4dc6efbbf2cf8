import { expect } from 'chai'
import type { HealthChange } from '../../src/bridge/health.ts'
import { Pump, stageOf } from '../../src/bridge/pump.ts'
import { bridgeSchema } from '../../src/bridge/settings.ts'
import { Ledger } from '../../src/ledger.ts'
import type { Metric } from '../../src/metric.ts'
import { makeMetric } from '../backends/make-metric.ts'
import { ManualClock, settle } from '../support/clock.ts'
import { FakeBackend, failed } from './fake-backend.ts'

describe('pump', () => {
  let clock: ManualClock
  let ledger: Ledger
  let changes: HealthChange[]
  beforeEach(() => {
    clock = new ManualClock()
    ledger = new Ledger()
    changes = []
  })

  const make = (backend: FakeBackend, settings: object = {}): Pump =>
    new Pump({
      backend,
      settings: bridgeSchema.parse({
        batchMetrics: 3,
        batchDelayMs: 100,
        retryFirstMs: 1000,
        retryLongestMs: 4000,
        ...settings,
      }),
      ledger,
      clock,
      onChange: (change) => changes.push(change),
    })
  const push = (pump: Pump, ...names: string[]): void => {
    for (const name of names) pump.push(makeMetric({ name }))
  }
  const books = (): object => {
    const { in: came, out, dropped } = ledger.total(stageOf('fake'))
    return { in: came, out, ...Object.fromEntries(dropped) }
  }

  it('writes a full batch at once and the rest after the delay', async () => {
    const backend = new FakeBackend()
    push(make(backend), 'a', 'b', 'c', 'd')
    await settle()
    expect(backend.attempts).to.deep.equal([['a', 'b', 'c']])
    await clock.advance(99)
    expect(backend.attempts).to.have.lengthOf(1)
    await clock.advance(1)
    expect(backend.attempts).to.deep.equal([['a', 'b', 'c'], ['d']])
    expect(books()).to.deep.equal({ in: 4, out: 4 })
  })

  it('writes a metric that comes right after a batch was taken', async () => {
    const backend = new FakeBackend()
    const pump = make(backend, { batchDelayMs: 0 })
    for (const name of ['a', 'b']) {
      push(pump, name)
      await clock.advance(0)
      while (pump.state.waiting > 0) await Promise.resolve()
    }
    expect(backend.names).to.deep.equal(['a', 'b'])
  })

  it('tries a failed batch again, with pauses that double up to a limit, and says so once', async () => {
    const backend = new FakeBackend([failed('one'), failed('two'), failed('three'), failed('four')])
    const pump = make(backend)
    push(pump, 'a', 'b', 'c')
    await settle()
    expect(pump.state).to.deep.include({ isUp: false, waiting: 3, failedWrites: 1, lastError: 'one' })
    await clock.advance(499) // a pause is between half and all of its length
    expect(backend.attempts).to.have.lengthOf(1)
    for (const [index, ms] of [501, 2000, 4000, 4000].entries()) {
      await clock.advance(ms)
      expect(backend.attempts.length).to.be.at.least(index + 2)
    }
    expect(backend.attempts).to.have.lengthOf(5)
    expect(new Set(backend.attempts.map(String))).to.deep.equal(new Set(['a,b,c']))
    expect(changes).to.deep.equal(['down', 'up'])
    expect(pump.state).to.deep.equal({ name: 'fake', target: 'nowhere', isUp: true, waiting: 0, failedWrites: 4 })
    expect(books()).to.deep.equal({ in: 3, out: 3 })
  })

  it('gives up on an answer after the time limit', async () => {
    const backend = new FakeBackend(['never'])
    const pump = make(backend, { writeTimeoutMs: 50 })
    push(pump, 'a', 'b', 'c')
    await settle()
    await clock.advance(50)
    expect(pump.state).to.deep.include({ isUp: false, lastError: 'no answer within 50 ms' })
    await clock.advance(1000)
    expect(books()).to.deep.equal({ in: 3, out: 3 })
  })

  it('drops the oldest when too many wait, and counts them', async () => {
    const backend = new FakeBackend(Array.from({ length: 10 }, () => failed()))
    const pump = make(backend, { queueMetrics: 4 })
    push(pump, 'a', 'b', 'c')
    await settle() // these are on their way
    push(pump, 'd', 'e', 'f', 'g', 'h', 'i')
    expect(pump.state.waiting).to.equal(7)
    await clock.advance(60_000)
    expect(backend.names.slice(-7)).to.deep.equal(['a', 'b', 'c', 'f', 'g', 'h', 'i'])
    expect(books()).to.deep.equal({ in: 9, out: 7, 'queue-full': 2 })
  })

  it('drops the oldest when they take too much memory', async () => {
    const backend = new FakeBackend(['never'])
    const pump = make(backend, { queueBytes: 65_536 })
    for (let count = 0; count < 1000; count += 1) push(pump, 'n'.repeat(200))
    expect(pump.state.waiting).to.be.within(10, 200)
    await pump.close()
    expect(ledger.total(stageOf('fake')).in).to.equal(1000)
    expect(sum(ledger.total(stageOf('fake')).dropped)).to.equal(1000)
  })

  it('counts what is refused by its reason; the rest is written', async () => {
    const metrics = ['a', 'b', 'c'].map((name) => makeMetric({ name }))
    const refused = [{ metric: metrics[1] as Metric, reason: 'too-large' }]
    const pump = make(new FakeBackend([{ status: 'refused', refused }]))
    for (const metric of metrics) pump.push(metric)
    await settle()
    expect(books()).to.deep.equal({ in: 3, out: 2, 'too-large': 1 })
    expect(pump.state.isUp).to.equal(true)
  })

  it('loses one batch, and no more, to a backend that throws', async () => {
    const pump = make(new FakeBackend([new TypeError('bug')]))
    push(pump, 'a', 'b', 'c', 'd', 'e', 'f')
    await settle()
    expect(changes).to.deep.equal(['broken'])
    expect(books()).to.deep.equal({ in: 6, out: 3, 'backend-broken': 3 })
  })

  it('drains at once', async () => {
    const backend = new FakeBackend()
    const pump = make(backend)
    push(pump, 'a')
    expect(await pump.drain(1000)).to.equal(true)
    expect(backend.names).to.deep.equal(['a'])
  })

  it('drains no longer than it may, and counts what is left when it closes', async () => {
    const backend = new FakeBackend([failed(), failed(), failed(), failed()])
    const pump = make(backend)
    push(pump, 'a', 'b', 'c', 'd')
    const draining = pump.drain(500)
    await settle()
    await clock.advance(500)
    expect(await draining).to.equal(false)
    await pump.close()
    push(pump, 'late')
    expect(backend.isClosed).to.equal(true)
    expect(books()).to.deep.equal({ in: 5, out: 0, closed: 5 })
  })

  it('closes while a write hangs', async () => {
    const pump = make(new FakeBackend(['never']))
    push(pump, 'a', 'b', 'c')
    await settle()
    await pump.close()
    expect(books()).to.deep.equal({ in: 3, out: 0, closed: 3 })
  })

  it('remembers the last probe of the doctor that it wrote, and no other metric of that name', async () => {
    const pump = make(new FakeBackend([failed()]), { batchMetrics: 1 })
    const probe = makeMetric({ name: 'oo.doctor.probe', value: 42, collector: 'doctor' })
    pump.push(probe)
    await settle()
    expect(pump.state).not.to.have.property('probe')
    await clock.advance(1000)
    expect(pump.state.probe).to.equal(42)
    pump.push({ ...probe, value: 43, collector: 'cartridge' })
    await settle()
    expect(pump.state).to.deep.include({ probe: 42, waiting: 0 })
  })

  it('keeps the books by gear', async () => {
    const pump = make(new FakeBackend())
    for (const gear of ['g1', 'g2', 'g1']) pump.push(makeMetric({ labels: { gear } }))
    await settle()
    const accounts = [...ledger.accounts()].map(({ gear, account }) => [gear, account.out])
    expect(accounts).to.deep.equal([
      ['g1', 2],
      ['g2', 1],
    ])
  })
})

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0)
