import { expect } from 'chai'
import type { Event } from '../../src/event.ts'
import type { Metric } from '../../src/metric.ts'
import type { Signal } from '../../src/signal.ts'
import { settle } from '../support/clock.ts'
import { makeGear } from '../support/gear.ts'
import { type Act, brief, makeCollector, makeScript } from './stage.ts'

const metricsOf = (signals: readonly Signal[]): Metric[] => signals.filter((signal) => signal.type === 'metric')
const eventsOf = (signals: readonly Signal[]): Event[] => signals.filter((signal) => signal.type === 'event')
const factsOf = ({ details }: Event): Record<string, string> => Object.fromEntries(details)

describe('collectors/scripts: what is measured', () => {
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

describe('collectors/scripts: order and limits', () => {
  const two = [makeScript('/metrics', { kind: 'hook' }), makeScript('/a'), makeScript('/b')]

  it('runs the scripts of a gear one after the other, the hook last', async () => {
    let release = (): void => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    const { collect, pathsRun } = makeCollector({ '/a': { until } })
    const done = collect([makeGear('aa11', { scripts: two })])
    await settle()
    expect(pathsRun()).to.deep.equal(['/a'])
    release()
    await done
    expect(pathsRun()).to.deep.equal(['/a', '/b', '/metrics'])
  })

  it('runs gears beside each other, no more at once than allowed, over several turns', async () => {
    let release = (): void => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    const { collect, ran } = makeCollector({ '/a': { until } })
    const gear = (uid: number) => makeGear(`g${uid}`, { uid, scripts: [makeScript('/a')] })
    const done = [collect([gear(1), gear(2)]), collect([gear(3)])]
    await settle()
    expect(ran.map((one) => one.gear)).to.deep.equal([1, 2])
    release()
    await Promise.all(done)
    expect(ran.map((one) => one.gear)).to.deep.equal([1, 2, 3])
  })

  it('leaves resting gears alone', async () => {
    const { collect, ran } = makeCollector()
    const signals = await collect([makeGear('aa11', { resting: 'stopped', scripts: two })])
    expect(ran).to.deep.equal([])
    expect(signals).to.deep.equal([])
  })

  it('gives each script its own limit, else the common one, and all the other limits', async () => {
    const { collect, ran } = makeCollector()
    await collect([makeGear('aa11', { scripts: [makeScript('/a', { timeoutMs: 1500 }), makeScript('/b')] })])
    expect(ran.map(({ options }) => options.limits.timeoutMs)).to.deep.equal([1500, 1000])
    expect(ran[0]!.options.limits).to.include({
      killDelayMs: 200,
      maxLineBytes: 2000,
      maxOutputBytes: 65_536,
      maxLines: 1000,
    })
  })

  it('gives a script no more than what is left to its gear; ended there, the gear gets the event and its turn is over', async () => {
    const slow: Act = { durationMs: 900 }
    const { collect, ran, pathsRun } = makeCollector(
      { '/a': slow, '/b': { outcome: 'timed-out', durationMs: 600, prints: ['half=1'] } },
      { gearTimeoutMs: 1500 },
    )
    const signals = await collect([makeGear('aa11', { scripts: two })])
    expect(ran[1]!.options.limits.timeoutMs).to.equal(600)
    expect(pathsRun()).to.deep.equal(['/a', '/b'])
    expect(brief(signals)).to.deep.equal(['half=1', 'gear-timed-out'])
    expect(factsOf(eventsOf(signals)[0]!)).to.deep.equal({ limit_ms: '1500', not_run: '1', script: '/b' })
  })

  it('tells both when a script used up its own limit and the last of its gear', async () => {
    const { collect } = makeCollector({ '/a': { outcome: 'timed-out', durationMs: 1200 } }, { gearTimeoutMs: 1100 })
    const signals = await collect([makeGear('aa11', { scripts: two })])
    expect(brief(signals)).to.deep.equal(['script-timed-out', 'gear-timed-out'])
    expect(factsOf(eventsOf(signals)[1]!)).to.include({ not_run: '2' })
  })

  it('says nothing of the limit of a gear when its last script ends', async () => {
    const { collect } = makeCollector({ '/a': { durationMs: 5000 } })
    expect(await collect([makeGear('aa11', { scripts: [makeScript('/a')] })])).to.deep.equal([])
  })

  it('begins nothing more after an abort, neither in a gear nor in one that waits', async () => {
    const abort = new AbortController()
    const { collect, ran } = makeCollector(
      { '/a': { outcome: 'aborted', until: settle().then(() => abort.abort()) } },
      { concurrency: 1 },
    )
    const signals = await collect(
      [makeGear('g1', { uid: 1, scripts: two }), makeGear('g2', { uid: 2, scripts: two })],
      abort.signal,
    )
    expect(ran.map(({ gear, path }) => [gear, path])).to.deep.equal([[1, '/a']])
    expect(signals).to.deep.equal([])
  })

  it('runs a script with an interval only when that has passed', async () => {
    const { collect, ran, clock, pathsRun } = makeCollector()
    const gear = makeGear('aa11', { scripts: [makeScript('/a', { intervalMs: 300_000 }), makeScript('/b')] })
    for (let round = 0; round < 11; round += 1) {
      await collect([gear])
      // a turn is a little early or late now and then
      await clock.advance(round % 2 === 0 ? 59_990 : 60_010)
    }
    expect(pathsRun().filter((path) => path === '/b')).to.have.length(11)
    expect(ran.flatMap(({ path }, at) => (path === '/a' ? [at] : []))).to.have.length(3)
  })
})

describe('collectors/scripts: events', () => {
  const cases: readonly (readonly [string, Act, string, Record<string, string>])[] = [
    [
      'status',
      { outcome: 'failed', exitCode: 3, durationMs: 12, stderrTail: 'first\nlast \u001b[31m\n\n' },
      'script-failed',
      { exit: '3', duration_ms: '12', stderr: 'last \\u001b[31m', script: '/a' },
    ],
    ['signal', { outcome: 'failed', signal: 'SIGSEGV' }, 'script-failed', { signal: 'SIGSEGV', duration_ms: '5' }],
    ['limit', { outcome: 'timed-out', signal: 'SIGKILL' }, 'script-timed-out', { signal: 'SIGKILL', script: '/a' }],
    [
      'start',
      { outcome: 'not-started', notStarted: 'bad-interpreter' },
      'script-not-started',
      { problem: 'bad-interpreter' },
    ],
    [
      'bytes',
      { outcome: 'failed', signal: 'SIGKILL', output: 'cut-bytes' },
      'script-output-cut',
      { problem: 'cut-bytes' },
    ],
    ['lines', { outcome: 'succeeded', output: 'cut-lines' }, 'script-output-cut', { problem: 'cut-lines' }],
  ]
  for (const [what, act, reason, facts] of cases) {
    it(`${reason} by ${what}: one event, its lines count, and the next script runs`, async () => {
      const { collect, pathsRun } = makeCollector({
        '/a': { exitCode: undefined, ...act, prints: ['before=1'] } as Act,
      })
      const signals = await collect([makeGear('aa11', { scripts: [makeScript('/a'), makeScript('/b')] })])
      expect(brief(signals)).to.deep.equal(['before=1', reason])
      expect(pathsRun()).to.deep.equal(['/a', '/b'])
      const [event] = eventsOf(signals)
      expect(factsOf(event!)).to.include(facts)
      expect([...event!.labels]).to.deep.equal([...makeGear('aa11').labels, ['cart', 'a']])
      expect(event!.message).to.include('cartridge a: /a: ')
    })
  }

  it('tells what could not be read in a gear once per reason, and runs its scripts', async () => {
    const problem = (reason: 'manifest-invalid' | 'script-missing', place: string) =>
      ({ reason, place, expected: 'a map', got: 'a list' }) as const
    const { collect, pathsRun } = makeCollector()
    const signals = await collect([
      makeGear('aa11', {
        scripts: [makeScript('/a')],
        problems: [
          problem('manifest-invalid', '/m1'),
          problem('script-missing', '/s'),
          problem('manifest-invalid', '/m2'),
        ],
      }),
    ])
    expect(
      eventsOf(signals).map(({ reason, message, details }) => [reason, message, details.get('count')]),
    ).to.deep.equal([
      ['gear-unreadable', 'manifest-invalid: /m1: expected a map, got a list', '2'],
      ['gear-unreadable', 'script-missing: /s: expected a map, got a list', '1'],
    ])
    expect(pathsRun()).to.deep.equal(['/a'])
  })
})

describe('collectors/scripts: contracts', () => {
  const declaring = (unit: string) =>
    makeGear('aa11', { scripts: [makeScript('/a', { declarations: new Map([['heap', { name: 'heap', unit }]]) })] })

  it('are told when first seen, when they change, and now and then', async () => {
    const { collect, clock } = makeCollector()
    const told: number[] = []
    for (let round = 0; round < 20; round += 1) {
      if ((await collect([declaring(round < 15 ? 'By' : 'kBy')])).length > 0) told.push(round)
      await clock.advance(60_000)
    }
    expect(told).to.deep.equal([0, 10, 15])
  })

  it('carry the attribution of gear and cartridge', async () => {
    const { collect, clock } = makeCollector()
    expect(await collect([declaring('By')])).to.deep.equal([
      {
        type: 'contract',
        declaration: { name: 'heap', unit: 'By' },
        timeMs: clock.now(),
        labels: new Map([...makeGear('aa11').labels, ['cart', 'a']]),
      },
    ])
  })
})
