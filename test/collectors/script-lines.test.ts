import { expect } from 'chai'
import fc from 'fast-check'
import { makeGear } from '../support/gear.ts'
import { type Act, brief, eventsOf, factsOf, makeCollector, makeScript, metricsOf } from './stage.ts'

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

  describe('over budget', () => {
    const gear = makeGear('aa11', { scripts: [makeScript('/php')] })
    const names = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `n${from + at}=1`).join(' ')

    const cases: readonly (readonly [
      string,
      Parameters<typeof makeCollector>[1],
      readonly string[],
      string[],
      object,
    ])[] = [
      [
        'pairs-budget',
        { budgets: { pairsPerRound: 2 } },
        ['a=1 b=2 c=3', 'd=4'],
        ['a=1', 'b=2'],
        { count: '2', limit: '2', sample: 'c' },
      ],
      [
        'series-budget',
        { budgets: { series: 2 } },
        ['a=1 b=2 c=3', 'a=4 c=5'],
        ['a=1', 'b=2', 'a=4'],
        { count: '2', limit: '2', sample: 'c' },
      ],
      [
        'label-budget',
        { budgets: { labelValues: 1 } },
        ['a=1 label.id=1', 'b=2 c=3 label.id=2', 'd=4'],
        ['a=1', 'd=4'],
        { count: '2', limit: '1', sample: 'b' },
      ],
      ['lines-budget', { budgets: { linesPerRound: 1 } }, ['a=1', 'b=2', 'c=3'], ['a=1'], { count: '2', limit: '1' }],
      [
        'bytes-budget',
        { budgets: { bytesPerRound: 10 } },
        ['a=1', 'bbbbbbbbbb=2', 'c=3'],
        ['a=1', 'c=3'],
        { count: '1' },
      ],
    ]
    for (const [reason, changes, prints, metrics, facts] of cases) {
      it(`${reason}: drops and counts what is too much, and tells once who it was`, async () => {
        const { collect, ledger } = makeCollector({ '/php': { prints } }, changes)
        const signals = await collect([gear])
        expect(brief(signals)).to.deep.equal([...metrics, 'budget-exceeded'])
        const [event] = eventsOf(signals)
        expect(factsOf(event!)).to.deep.include({ problem: reason, culprit: 'php', script: '/php', ...facts })
        expect(ledger.total('scripts').dropped).to.deep.equal(new Map([[reason, Number(factsOf(event!).count)]]))
      })
    }

    it('counts the scripts of a gear together, and each gear by itself', async () => {
      const prints = [names(0, 6)]
      const { collect } = makeCollector({ '/a': { prints }, '/b': { prints } }, { budgets: { pairsPerRound: 10 } })
      const gears = ['aa11', 'bb22'].map((id) => makeGear(id, { scripts: [makeScript('/a'), makeScript('/b')] }))
      const signals = await collect(gears)
      expect(metricsOf(signals)).to.have.length(20)
      expect(eventsOf(signals).map(({ details }) => details.get('culprit'))).to.deep.equal(['b', 'b'])
    })

    it('lets known series go on while new names come in every round', async () => {
      const acts: Record<string, Act> = {}
      const { collect, clock } = makeCollector(acts, { budgets: { series: 5 } })
      for (let round = 0; round < 100; round += 1) {
        acts['/php'] = { prints: [names(0, 5), names(round * 10 + 5, round * 10 + 15)] }
        const signals = await collect([gear])
        expect(brief(signals)).to.deep.equal(['n0=1', 'n1=1', 'n2=1', 'n3=1', 'n4=1', 'budget-exceeded'])
        await clock.advance(60_000)
      }
    })

    it('takes labels in another order for the same series', async () => {
      const prints = ['a=1 label.x=1 label.y=2', 'a=2 label.y=2 label.x=1']
      const { collect } = makeCollector({ '/php': { prints } }, { budgets: { series: 1 } })
      expect(brief(await collect([gear]))).to.deep.equal(['a=1', 'a=2'])
    })
  })

  it('refuses the names of what we measure ourselves', async () => {
    const { collect } = makeCollector({ '/php': { prints: ['script.success=1 oo.gather.rounds=7 script.other=2'] } })
    const signals = await collect([makeGear('aa11', { scripts: [makeScript('/php')] })])
    expect(brief(signals)).to.deep.equal(['script.other=2', 'lines-refused'])
    expect(factsOf(eventsOf(signals)[0]!)).to.include({ problem: 'reserved-key', count: '2', sample: 'script.success' })
  })

  it('balances its books whatever is printed: read = sent + refused, and each refusal stands in one event', async () => {
    const word = fc.constantFrom('a', 'b', 'gear', 'label.p', 'label.gear', 'script.success', '1x', 'type', '')
    const value = fc.constantFrom('1', '-2.5', 'x', '', '1e400', 'metric', 'event', '"q', '"a b"', '\u0007')
    const pair = fc.tuple(word, fc.constantFrom('=', ''), value).map((parts) => parts.join(''))
    const line = fc.oneof(
      fc.array(pair, { maxLength: 8 }).map((pairs) => pairs.join(' ')),
      fc
        .array(fc.tuple(fc.integer({ max: 40, min: 0 }), fc.nat(9)), { maxLength: 8 })
        .map((pairs) => pairs.map(([name, label]) => `n${name}=1 label.l=${label}`).join(' ')),
      fc.string({ unit: 'binary' }),
    )
    const act = fc.record({
      prints: fc.array(line, { maxLength: 12 }),
      linesTooLong: fc.nat(3),
      lineUnfinished: fc.boolean(),
      output: fc.constantFrom('whole' as const, 'cut-bytes' as const),
    })
    const budget = fc.record({
      pairsPerRound: fc.integer({ min: 1, max: 20 }),
      linesPerRound: fc.integer({ min: 1, max: 20 }),
      bytesPerRound: fc.integer({ min: 1, max: 500 }),
      series: fc.integer({ min: 1, max: 10 }),
      labelValues: fc.integer({ min: 1, max: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(act, act, budget, async (first, second, budgets) => {
        const { collect, ledger } = makeCollector({ '/a': first, '/b': second }, { budgets, tellsRuns: true })
        const gear = makeGear('aa11', { scripts: [makeScript('/a'), makeScript('/b')] })
        for (let round = 1; round <= 2; round += 1) {
          const before = ledger.total('scripts')
          const signals = await collect([gear])
          const after = ledger.total('scripts')
          const dropped = (reason: string) => (after.dropped.get(reason) ?? 0) - (before.dropped.get(reason) ?? 0)
          const reasons = [...after.dropped.keys()]
          const all = reasons.reduce((sum, reason) => sum + dropped(reason), 0)
          expect(after.in - before.in).to.equal(after.out - before.out + all)
          expect(after.out - before.out).to.equal(
            metricsOf(signals).filter(({ name }) => !name.startsWith('script.')).length,
          )
          const told = eventsOf(signals).filter(({ reason }) => /refused|exceeded/.test(reason))
          expect(told.map((event) => [factsOf(event).problem, Number(factsOf(event).count)])).to.have.deep.members(
            reasons.flatMap((reason) =>
              reason === 'output-cut' || dropped(reason) === 0 ? [] : [[reason, dropped(reason)]],
            ),
          )
        }
      }),
      { numRuns: 300 },
    )
  })
})
