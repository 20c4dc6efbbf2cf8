import { expect } from 'chai'
import { makeGear } from '../support/gear.ts'
import { brief, eventsOf, factsOf, makeCollector, makeScript, metricsOf } from './stage.ts'

describe('collectors/script-lines', () => {
  it('emits the pairs of a line together, attributed to gear and cartridge, with the time at which it was read', async () => {
    const { collect, emitted, clock } = makeCollector({ '/php': { prints: ['type=metric a=1 b=-2.5', 'c=3e2'] } })
    await collect([makeGear('aa11', { scripts: [makeScript('/php')] })])
    expect(emitted.map(brief)).to.deep.equal([['a=1', 'b=-2.5'], ['c=300']])
    expect(emitted[0]![0]).to.deep.equal({
      type: 'metric',
      name: 'a',
      value: 1,
      kind: 'gauge',
      timeMs: clock.now(),
      collector: 'cartridge',
      labels: new Map([...makeGear('aa11').labels, ['cart', 'php']]),
    })
  })

  it('says hook, and no cartridge, for the action hook', async () => {
    const { collect } = makeCollector({ '/metrics': { prints: ['jobs=1'] } })
    const [metric] = metricsOf(
      await collect([makeGear('aa11', { scripts: [makeScript('/metrics', { kind: 'hook' })] })]),
    )
    expect(metric!.collector).to.equal('hook')
    expect(metric!.labels.has('cart')).to.equal(false)
  })

  it('takes kind and unit from the manifest', async () => {
    const declarations = new Map([
      ['requests', { name: 'requests', kind: 'counter', unit: '{request}' } as const],
      ['heap', { name: 'heap', unit: 'By' }],
    ])
    const { collect } = makeCollector({ '/php': { prints: ['requests=5 heap=6 other=7'] } })
    const metrics = metricsOf(await collect([makeGear('aa11', { scripts: [makeScript('/php', { declarations })] })]))
    expect(metrics.map(({ kind, unit }) => [kind, unit])).to.deep.equal([
      ['counter', '{request}'],
      ['gauge', 'By'],
      ['gauge', undefined],
    ])
  })

  it('adds labels of the author behind ours, and lets none replace ours', async () => {
    const gear = makeGear('aa11', {
      labels: new Map([...makeGear('aa11').labels, ['env', 'prod']]),
      scripts: [makeScript('/php')],
    })
    const { collect, ledger } = makeCollector({ '/php': { prints: ['a=1 label.pool=web label.env=test', 'b=2'] } })
    const signals = await collect([gear])
    const [a, b] = metricsOf(signals)
    expect([...a!.labels]).to.deep.equal([...gear.labels, ['cart', 'php'], ['pool', 'web']])
    expect([...b!.labels]).to.deep.equal([...gear.labels, ['cart', 'php']])
    expect(ledger.total('scripts').dropped).to.deep.equal(new Map([['reserved-key', 1]]))
  })

  it('refuses forged attribution and keys of METRICS_METADATA, pair by pair', async () => {
    const line = 'gear=bb22 cart=mysql tier=1 label.ns=other label.tier=2 real=1'
    const { collect } = makeCollector({ '/php': { prints: [line] } })
    const signals = await collect([makeGear('aa11', { scripts: [makeScript('/php')] })])
    expect(brief(signals)).to.deep.equal(['real=1', 'lines-refused'])
    expect(metricsOf(signals)[0]!.labels).to.deep.equal(new Map([...makeGear('aa11').labels, ['cart', 'php']]))
    expect(factsOf(eventsOf(signals)[0]!)).to.deep.equal({
      problem: 'reserved-key',
      count: '5',
      sample: 'at column 1: gear=bb22',
      script: '/php',
    })
  })

  it('believes no event and no contract from a script', async () => {
    const { collect } = makeCollector({
      '/php': { prints: ['type=event reason=backend-down', 'type=contract metric=a unit=By', 'a=1'] },
    })
    const signals = await collect([makeGear('aa11', { scripts: [makeScript('/php')] })])
    expect(brief(signals)).to.deep.equal(['a=1', 'lines-refused'])
    expect(factsOf(eventsOf(signals)[0]!)).to.include({ problem: 'foreign-type', count: '2' })
  })

  it('ignores what cartridges say to the platform', async () => {
    const { collect, ledger } = makeCollector({ '/php': { prints: ['CLIENT_RESULT: ok=1', '', 'a=1'] } })
    expect(brief(await collect([makeGear('aa11', { scripts: [makeScript('/php')] })]))).to.deep.equal(['a=1'])
    expect(ledger.total('scripts')).to.deep.equal({ in: 1, out: 1, dropped: new Map() })
  })

  it('balances its books: pairs read = metrics + what was dropped, by reason', async () => {
    const { collect, ledger } = makeCollector({
      '/php': { prints: ['a=1 b=x c=1e400', 'gear=1', 'nonsense'], linesTooLong: 2, lineUnfinished: true },
    })
    const signals = await collect([makeGear('aa11', { scripts: [makeScript('/php')] })])
    expect(ledger.total('scripts')).to.deep.equal({
      in: 8,
      out: 1,
      dropped: new Map([
        ['not-a-number', 1],
        ['not-finite', 1],
        ['reserved-key', 1],
        ['not-a-pair', 1],
        ['line-too-long', 2],
        ['line-unfinished', 1],
      ]),
    })
    expect(eventsOf(signals).map((event) => factsOf(event).problem)).to.deep.equal([
      ...ledger.total('scripts').dropped.keys(),
    ])
  })

  it('tells refusals once per gear, reason and round', async () => {
    const acts = { '/a': { prints: ['x=one', 'y=1,5'] }, '/b': { prints: ['z=2s'] } }
    const { collect } = makeCollector(acts)
    const gears = ['aa11', 'bb22'].map((id) => makeGear(id, { scripts: [makeScript('/a'), makeScript('/b')] }))
    const events = eventsOf(await collect(gears))
    expect(events.map(({ labels, details }) => [labels.get('gear'), details.get('count')])).to.deep.equal([
      ['aa11', '3'],
      ['bb22', '3'],
    ])
    expect(factsOf(events[0]!)).to.include({ sample: 'at column 1: x=one', script: '/a' })
    expect(eventsOf(await collect(gears))).to.have.length(2)
  })
})
