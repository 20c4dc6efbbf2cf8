import { expect } from 'chai'
import type { Collector } from '../../src/collectors/collector.ts'
import { createGatherer } from '../../src/gather/gatherer.ts'
import type { Self } from '../../src/gather/self.ts'
import { Ledger } from '../../src/ledger.ts'
import { silentLogger } from '../../src/logger.ts'
import type { Signal } from '../../src/signal.ts'
import { ManualClock, settle } from '../support/clock.ts'
import { makeGear } from '../support/gear.ts'

const gathererWith = (collector: Collector, { enabled = true, self }: { enabled?: boolean; self?: Self } = {}) => {
  const clock = new ManualClock(60_000 * 1000)
  const emitted: Signal[] = []
  const ledger = new Ledger()
  const gatherer = createGatherer({
    settings: { enabled, intervalSeconds: 60, spreadPercent: 0, selfMetrics: true },
    listGears: async () => ({ gears: [makeGear('a')], problems: [] }),
    collectors: [collector],
    emit: (signals) => void emitted.push(...signals),
    clock,
    logger: silentLogger,
    ledger,
    nodeLabels: new Map([['node', 'n1']]),
    ...(self && { self }),
  })
  return { gatherer, emitted, ledger, clock }
}

describe('gather/gatherer', () => {
  it('begins its first round at once', async () => {
    let runs = 0
    const { gatherer } = gathererWith({
      name: 'x',
      scope: 'node',
      collect: async () => {
        runs += 1
      },
    })
    gatherer.start()
    await settle()
    await gatherer.stop()
    expect(runs).to.equal(1)
  })

  it('skips and counts a round that is due while another runs, and never stacks', async function () {
    this.timeout(5000)
    let running = 0
    let most = 0
    let release = (): void => {}
    const slow: Collector = {
      name: 'slow',
      scope: 'node',
      collect: () => {
        running += 1
        most = Math.max(most, running)
        return new Promise((resolve) => {
          release = () => {
            running -= 1
            resolve()
          }
        })
      },
    }
    const { gatherer, emitted, ledger, clock } = gathererWith(slow)
    gatherer.start()
    await clock.advance(60_000)
    while (emitted.length === 0) await new Promise((resolve) => setTimeout(resolve, 20)) // the next beat of node-cron
    release()
    await gatherer.stop()
    expect(most).to.equal(1)
    expect(ledger.total('rounds').dropped.get('skipped')).to.equal(1)
    expect(emitted[0]).to.include({ type: 'event', reason: 'round-skipped' })
  })

  it('waits at stop until what runs has ended', async () => {
    let ended = false
    const { gatherer } = gathererWith({
      name: 'x',
      scope: 'node',
      collect: async (_gears, _emit, abort) => {
        await new Promise((resolve) => abort.addEventListener('abort', resolve))
        await settle()
        ended = true
      },
    })
    gatherer.start()
    await settle()
    await gatherer.stop()
    expect(ended).to.equal(true)
  })

  it('gathers nothing when it is switched off', async () => {
    let runs = 0
    const { gatherer } = gathererWith(
      {
        name: 'x',
        scope: 'node',
        collect: async () => {
          runs += 1
        },
      },
      { enabled: false },
    )
    gatherer.start()
    await settle()
    await gatherer.stop()
    expect(runs).to.equal(0)
  })

  it('measures itself at the end of each round, where that is wanted', async () => {
    const asked: unknown[] = []
    const figure = {
      type: 'metric',
      name: 'oo.gather.x',
      value: 1,
      kind: 'gauge',
      timeMs: 0,
      labels: new Map(),
    } as const
    const self: Self = {
      metrics: (report, round) => {
        asked.push([report.gears, round])
        return [figure]
      },
    }
    const collector: Collector = { name: 'x', scope: 'node', collect: async () => {} }
    const { gatherer, emitted, ledger } = gathererWith(collector, { self })
    await gatherer.once()
    expect(emitted).to.deep.equal([figure])
    expect(asked).to.deep.equal([[['a'], { intervalMs: 60_000, nodeLabels: new Map([['node', 'n1']]) }]])
    expect(ledger.total('rounds')).to.deep.equal({ in: 1, out: 1, dropped: new Map() })
    const silent = gathererWith(collector)
    await silent.gatherer.once()
    expect(silent.emitted).to.deep.equal([])
  })

  it('folds the books of gears that are gone', async () => {
    const { gatherer, ledger } = gathererWith({ name: 'x', scope: 'node', collect: async () => {} })
    for (const gear of ['a', 'gone1', 'gone2']) ledger.received('scripts', gear)
    await gatherer.once()
    expect(
      [...ledger.accounts()].filter(({ stage }) => stage === 'scripts').map(({ gear, account }) => [gear, account.in]),
    ).to.deep.equal([
      ['a', 1],
      ['', 2],
    ])
  })
})
