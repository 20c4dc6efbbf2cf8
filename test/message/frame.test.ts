import { expect } from 'chai'
import fc from 'fast-check'
import { type EncodeOptions, encodeFrames } from '../../src/message/frame.ts'
import type { Metric } from '../../src/metric.ts'
import type { Signal } from '../../src/signal.ts'
import { anyLabels, contract, event, LABELS, metric, OPTIONS, TIME_MS } from './signals.ts'

const lines = (signals: readonly Signal[], options: Partial<EncodeOptions> = {}): string[] =>
  encodeFrames(signals, { ...OPTIONS, ...options }).frames.map(({ bytes }) => bytes.toString())
const texts = (signals: readonly Signal[], options: Partial<EncodeOptions> = {}): string[] =>
  encodeFrames(signals, { ...OPTIONS, ...options }).frames.map(({ text }) => text)

const HEADER = '<30>1 2026-11-21T05:30:00.123Z n1 oo-gather-metrics 4711'
const GEAR = '[gear@32473 gear="aa11" app="ap1" appName="shop" ns="acme" cart="php" node="n1" env="prod"]'
const HEAD = 'cart=php appName=shop gear=aa11 app=ap1 ns=acme label.env=prod'

describe('encodeFrames', () => {
  it('writes the frame of the wire format', () => {
    const signals = [
      metric('heap.used', 5, { unit: 'By', collector: 'cartridge' }),
      metric('requests', 7, { kind: 'counter', startMs: 1763700000000, collector: 'cartridge' }),
      metric('latency', 1.5, { kind: 'timer', unit: 'ms', collector: 'cartridge' }),
    ]
    expect(lines(signals, { nextId: () => 'spool:1' })).to.deep.equal([
      `${HEADER} metric [oo@32473 id="spool:1" t="${TIME_MS}" c="cartridge" k="gct" u="By - ms" s="- 1763700000000 -"]${GEAR} type=metric ${HEAD} heap.used=5 requests=7 latency=1.5`,
    ])
  })

  it('leaves out what nobody has', () => {
    expect(lines([metric('a', -0, { labels: new Map() })], { metadataKeys: [] })).to.deep.equal([
      `${HEADER} metric [oo@32473 t="${TIME_MS}" k="g"] type=metric a=0`,
    ])
  })

  it('writes events and contracts', () => {
    const declared = contract({
      name: 'heap.used',
      kind: 'gauge',
      unit: 'By',
      displayName: 'Heap "used"',
      description: 'a b',
      graphType: 'line',
      min: 0,
      max: 1e9,
      warn: 0.5,
      crit: Number.NaN,
    })
    const failed = event({
      message: 'line 1\nline 2',
      details: new Map([
        ['exit', '1'],
        ['stderr', 'no such file'],
      ]),
    })
    expect(lines([failed, declared])).to.deep.equal([
      `${HEADER} event [oo@32473 t="${TIME_MS}" n="4"]${GEAR} type=event ${HEAD} reason=script-failed exit=1 stderr="no such file" message="line 1\\nline 2"`,
      `${HEADER} contract [oo@32473 t="${TIME_MS}" n="9"]${GEAR} type=contract ${HEAD} metric=heap.used kind=gauge unit=By display_name="Heap \\"used\\"" description="a b" graph_type=line min=0 max=1000000000 warn=0.5`,
    ])
  })

  it('writes RFC 3164 for old collectors, in local time', () => {
    const timeMs = new Date(2026, 10, 1, 5, 3, 9).getTime()
    expect(lines([metric('a', 1, { timeMs, unit: 'By' })], { format: 'rfc3164' })).to.deep.equal([
      `<30>Nov  1 05:03:09 n1 oo-gather-metrics[4711]: type=metric ${HEAD} a=1`,
    ])
  })

  it('puts together what has equal labels, time and collector, in order of first appearance', () => {
    const other = new Map([...LABELS, ['cart', 'mysql']])
    const signals = [
      metric('a', 1),
      metric('b', 2, { labels: other }),
      event(),
      metric('c', 3, { labels: new Map(LABELS) }),
      metric('d', 4, { timeMs: TIME_MS + 1 }),
      metric('e', 5, { collector: 'hook' }),
      metric('f', 6, { labels: other }),
    ]
    expect(texts(signals, { metadataKeys: [] })).to.deep.equal([
      'type=metric cart=php label.env=prod a=1 c=3',
      'type=metric cart=mysql label.env=prod b=2 f=6',
      'type=event cart=php label.env=prod reason=script-failed exit=1 message="metrics of cartridge php failed"',
      'type=metric cart=php label.env=prod d=4',
      'type=metric cart=php label.env=prod e=5',
    ])
  })

  it('begins a new frame at the limit of pairs and with a repeated name', () => {
    const signals = [metric('a', 1), metric('b', 1), metric('c', 1), metric('c', 2)]
    const counts = encodeFrames(signals, { ...OPTIONS, maxPairBytes: 8 }).frames.map(({ count }) => count)
    expect(counts).to.deep.equal([2, 1, 1])
  })

  it('drops and counts what has no room for its head', () => {
    const labels = new Map([['ns', 'x'.repeat(500)]])
    const { frames, dropped } = encodeFrames([metric('a', 1, { labels }), metric('b', 1), metric('c', 1, { labels })], {
      ...OPTIONS,
      maxFrameBytes: 480,
    })
    expect(frames.map(({ count }) => count)).to.deep.equal([1])
    expect([...dropped]).to.deep.equal([['frame-too-large', 2]])
  })

  it('shortens the long text of an event rather than lose it', () => {
    const signals = [event({ details: new Map([['stderr', 'é'.repeat(4096)]]) })]
    const [frame] = encodeFrames(signals, { ...OPTIONS, maxFrameBytes: 2048 }).frames
    expect(frame?.text).to.match(/ stderr=é{256}… message="metrics of/)
    expect(encodeFrames(signals, { ...OPTIONS, maxFrameBytes: 480 })).to.deep.include({
      frames: [],
      dropped: new Map([['frame-too-large', 1]]),
    })
  })

  const unfit: readonly (readonly [string, Signal])[] = [
    ['bad-name', metric('two words', 1)],
    ['bad-name', metric('a\nb', 1)],
    ['bad-name', metric('', 1)],
    ['bad-name', metric('type', 1)],
    ['bad-name', metric('gear', 1)],
    ['bad-name', metric('label.x', 1)],
    ['bad-name', contract({ name: 'two words' })],
    ['not-finite', metric('a', Number.NaN)],
    ['not-finite', metric('a', Number.POSITIVE_INFINITY)],
    ['bad-time', metric('a', 1, { startMs: Number.NaN })],
    ['bad-time', metric('a', 1, { startMs: 1e17 })],
    ['bad-time', metric('a', 1, { timeMs: Number.NaN })],
    ['bad-time', event({ timeMs: 1e17 })],
  ]
  for (const [reason, signal] of unfit) {
    it(`drops as ${reason} ${JSON.stringify(signal, ['type', 'name', 'value', 'timeMs', 'declaration'])}`, () => {
      const { frames, dropped } = encodeFrames([signal], OPTIONS)
      expect(frames).to.deep.equal([])
      expect([...dropped]).to.deep.equal([[reason, 1]])
    })
  }

  it('drops a metric that is named like a key of METRICS_METADATA', () => {
    const { dropped } = encodeFrames([metric('owner', 1)], { ...OPTIONS, metadataKeys: ['owner'] })
    expect([...dropped]).to.deep.equal([['bad-name', 1]])
  })

  it('leaves out and counts labels and details whose names a message cannot carry', () => {
    const labels = new Map([
      ['gear', 'aa11'],
      ['two words', 'x'],
      ['n'.repeat(33), 'x'],
      ['é', 'x'],
      ['a]', 'x'],
    ])
    const details = new Map([
      ['exit', '1'],
      ['a b', 'x'],
      ['message', 'forged'],
      ['reason', 'forged'],
    ])
    const { frames, leftOut, dropped } = encodeFrames([metric('a', 1, { labels }), event({ details })], OPTIONS)
    expect(leftOut).to.equal(4 + 3)
    expect(dropped.size).to.equal(0)
    expect(frames[0]?.bytes.toString()).to.contain('[gear@32473 gear="aa11"] type=metric')
    expect(frames[1]?.text).not.to.contain('forged')
  })

  it('writes type and cart once, whatever METRICS_METADATA says', () => {
    expect(texts([metric('a', 1)], { metadataKeys: ['type', 'cart', 'two words', 'ns'] })).to.deep.equal([
      'type=metric cart=php ns=acme label.env=prod a=1',
    ])
  })

  const units: readonly (readonly [string | undefined, string])[] = [
    ['two words', ''],
    ['a\nb', ''],
    ['', ''],
    ['%', ' u="%"'],
    ['µs', ' u="µs"'],
    ['[in_i]', ' u="[in_i\\]"'],
  ]
  for (const [unit, written] of units) {
    it(`writes the unit ${JSON.stringify(unit)} as ${JSON.stringify(written)}`, () => {
      expect(lines([metric('a', 1, unit === undefined ? {} : { unit })])[0]).to.contain(`k="g"${written}]`)
    })
  }

  it('mends a host name that would shift the fields', () => {
    expect(lines([metric('a', 1)], { hostname: 'my host\n', procId: '' })[0]).to.match(
      /^<30>1 2026-11-21T05:30:00.123Z my_host_ oo-gather-metrics - metric /,
    )
  })

  it('writes a nil timestamp for a year that RFC 3339 cannot write', () => {
    expect(lines([metric('a', 1, { timeMs: 8.64e15 })])[0]).to.match(/^<30>1 - n1 .* t="8640000000000000"/)
  })

  it('keeps every frame within its limits, holds every metric once, and no control character', () => {
    const anyMetric: fc.Arbitrary<Metric> = fc
      .record({
        name: fc.stringMatching(/^[a-c]{1,12}(\.[0-9]{1,6})?$/),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }),
        labels: fc.oneof(fc.constant(LABELS), anyLabels),
        unit: fc.constantFrom(undefined, 'By', '[in_i]', 'two words', 'µs'),
        startMs: fc.constantFrom(undefined, 5, TIME_MS),
        kind: fc.constantFrom('gauge' as const, 'counter' as const, 'timer' as const),
      })
      .map(({ unit, startMs, ...rest }) => ({
        ...metric('a', 1),
        ...rest,
        ...(unit === undefined ? {} : { unit }),
        ...(startMs === undefined ? {} : { startMs }),
      }))
    const options = fc.record({
      maxFrameBytes: fc.integer({ min: 200, max: 1000 }),
      maxPairBytes: fc.integer({ min: 1, max: 200 }),
      format: fc.constantFrom('rfc5424' as const, 'rfc3164' as const),
      nextId: fc.constantFrom(
        () => 'i'.repeat(64),
        () => '1',
      ),
    })
    fc.assert(
      fc.property(fc.array(anyMetric, { maxLength: 30 }), options, (metrics, limits) => {
        const { frames, dropped } = encodeFrames(metrics, { ...OPTIONS, ...limits })
        for (const { bytes, count } of frames) {
          expect(bytes.length).to.be.at.most(limits.maxFrameBytes)
          expect(bytes.toString()).not.to.match(/\p{Cc}/u)
          expect(count).to.be.above(0)
        }
        const written = frames.reduce((sum, { count }) => sum + count, 0)
        expect(written + [...dropped.values()].reduce((sum, count) => sum + count, 0)).to.equal(metrics.length)
      }),
    )
  })

  it('fills a frame to the last byte', () => {
    const signals = ['a', 'b', 'c'].map((name) => metric(name, 1, { unit: 'By', startMs: 5 }))
    const whole = lines(signals)[0]?.length ?? 0
    expect(lines(signals, { maxFrameBytes: whole })).to.have.length(1)
    expect(lines(signals, { maxFrameBytes: whole - 1 })).to.have.length(2)
  })
})
