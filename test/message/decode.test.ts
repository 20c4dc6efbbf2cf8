import { expect } from 'chai'
import fc from 'fast-check'
import { type Decoded, decodeFrame } from '../../src/message/decode.ts'
import { encodeFrames } from '../../src/message/frame.ts'
import type { Signal } from '../../src/signal.ts'
import { bytesOf } from './chunks.ts'
import { anyLabels, contract, event, LABELS, metric, OPTIONS, plainText, TIME_MS } from './signals.ts'

const NOW = Date.parse('2026-11-21T06:00:00Z')
const trusted = (frame: string | Buffer): Decoded => decodeFrame(Buffer.from(frame), { mayAttribute: true, nowMs: NOW })
const untrusted = (frame: string | Buffer): Decoded =>
  decodeFrame(Buffer.from(frame), { mayAttribute: false, nowMs: NOW })

const thereAndBack = (signals: readonly Signal[]): readonly Signal[] =>
  encodeFrames(signals, { ...OPTIONS, maxFrameBytes: 60_000, maxPairBytes: 60_000 }).frames.flatMap(({ bytes }) => {
    const decoded = trusted(bytes)
    return decoded.status === 'signals' ? decoded.signals : []
  })

const signalsOf = (decoded: Decoded): readonly Signal[] => (decoded.status === 'signals' ? decoded.signals : [])
const reasonOf = (decoded: Decoded): string =>
  decoded.status === 'signals' ? 'taken' : `${decoded.status}: ${decoded.reason}`
const ours = (type: string, params: string, text: string): string =>
  `<30>1 2026-11-21T05:30:00Z n1 oo-gather-metrics 1 ${type} [oo@32473 ${params}][gear@32473 gear="aa11"] ${text}`

describe('decodeFrame', () => {
  describe('of our own frames, where attribution is believed', () => {
    it('gives metrics back as they were', () => {
      const signals = [
        metric('heap.used', 5, { unit: 'By', collector: 'cartridge' }),
        metric('requests', 7, { kind: 'counter', startMs: 1763700000000, collector: 'cartridge' }),
        metric('latency', 1.5e-7, { kind: 'timer', unit: 'ms', collector: 'cartridge' }),
      ]
      expect(thereAndBack(signals)).to.deep.equal(signals)
    })

    it('gives events and contracts back as they were', () => {
      const signals = [
        event({
          message: 'a "b"\n\tc\\',
          details: new Map([
            ['exit', '1'],
            ['stderr', 'x=y z'],
          ]),
        }),
        event({ message: '', details: new Map() }),
        contract({ name: 'a.b' }),
        contract({
          name: 'a',
          kind: 'counter',
          unit: '1',
          displayName: 'A "b"',
          description: '',
          graphType: 'bar',
          min: -1,
          max: 1e21,
          warn: 0,
          crit: 0.1,
        }),
      ]
      expect(thereAndBack(signals)).to.deep.equal(signals)
    })

    it('gives the id', () => {
      const [frame] = encodeFrames([metric('a', 1)], { ...OPTIONS, nextId: () => 'uuid:7' }).frames
      expect(trusted(frame?.bytes ?? '')).to.deep.include({ status: 'signals', id: 'uuid:7' })
    })

    it('gives all metrics of a frame, and the next frame of the gear, the same labels', () => {
      const frames = encodeFrames([metric('a', 1), metric('b', 2), metric('a', 3)], OPTIONS).frames
      const [first, second, third] = frames.flatMap(({ bytes }) => signalsOf(trusted(bytes)))
      expect(first?.labels).to.equal(second?.labels).and.to.equal(third?.labels)
    })

    it('gives back whatever the labels and numbers are', () => {
      const value = fc.double({ noNaN: true, noDefaultInfinity: true })
      fc.assert(
        fc.property(anyLabels, fc.array(value, { minLength: 1, maxLength: 5 }), (labels, values) => {
          const signals = values.map((number, index) => metric(`n${index}`, number + 0, { labels }))
          const decoded = thereAndBack(signals)
          expect(decoded).to.deep.equal(signals)
          expect([...(decoded[0]?.labels ?? [])]).to.deep.equal([...labels])
        }),
      )
    })

    it('gives back whatever an event says', () => {
      const details = fc.dictionary(
        fc.stringMatching(/^[a-z_]{1,10}$/).filter((key) => !['type', 'reason', 'message'].includes(key)),
        plainText,
      )
      fc.assert(
        fc.property(anyLabels, plainText, details, (labels, message, facts) => {
          const signal = event({ labels, message, details: new Map(Object.entries(facts)) })
          expect(thereAndBack([signal])).to.deep.equal([signal])
        }),
      )
    })

    it('believes the structured data, not the text', () => {
      const decoded = trusted(ours('metric', 't="5" k="g"', 'type=metric gear=zz label.x=1 a=1'))
      expect(signalsOf(decoded)).to.deep.equal([metric('a', 1, { timeMs: 5, labels: new Map([['gear', 'aa11']]) })])
    })

    const malformed: readonly (readonly [string, string, string, string, string])[] = [
      ['no time', 'metric', 'k="g"', 'type=metric a=1', 'malformed-data'],
      ['a time that is none', 'metric', 't="now" k="g"', 'type=metric a=1', 'malformed-data'],
      ['an infinite time', 'metric', 't="1e999" k="g"', 'type=metric a=1', 'malformed-data'],
      ['a time that no date can hold', 'metric', 't="1e17" k="g"', 'type=metric a=1', 'malformed-data'],
      ['a start that no date can hold', 'metric', 't="5" k="g" s="1e17"', 'type=metric a=1', 'malformed-data'],
      ['no kinds', 'metric', 't="5"', 'type=metric a=1', 'malformed-data'],
      ['empty kinds', 'metric', 't="5" k=""', 'type=metric a=1', 'malformed-data'],
      ['an unknown kind', 'metric', 't="5" k="x"', 'type=metric a=1', 'malformed-data'],
      ['too few units', 'metric', 't="5" k="gg" u="By"', 'type=metric a=1 b=2', 'malformed-data'],
      ['too many starts', 'metric', 't="5" k="g" s="- 5"', 'type=metric a=1', 'malformed-data'],
      ['a start that is none', 'metric', 't="5" k="g" s="x"', 'type=metric a=1', 'malformed-data'],
      ['fewer pairs than kinds', 'metric', 't="5" k="ggg"', 'type=metric a=1', 'malformed-content'],
      ['no text', 'metric', 't="5" k="g"', '', 'malformed-content'],
      ['a pair that is none', 'metric', 't="5" k="gg"', 'type=metric a 1', 'malformed-content'],
      ['two blanks', 'metric', 't="5" k="gg"', 'type=metric a=1  b=2', 'malformed-content'],
      ['a blank at the end', 'metric', 't="5" k="g"', 'type=metric a=1 ', 'malformed-content'],
      ['a bad name', 'metric', 't="5" k="g"', 'type=metric 1a=1', 'malformed-content'],
      ['a bad number', 'metric', 't="5" k="g"', 'type=metric a=1x', 'malformed-content'],
      ['an infinite number', 'metric', 't="5" k="g"', 'type=metric a=1e999', 'malformed-content'],
      ['a kind of message that is none', 'other', 't="5" k="g"', 'type=metric a=1', 'malformed-data'],
      ['no kind of message', '-', 't="5" n="1"', 'type=metric a=1', 'malformed-data'],
      ['no count', 'event', 't="5"', 'type=event reason=backend-up', 'malformed-data'],
      ['a count of zero', 'event', 't="5" n="0"', 'type=event reason=backend-up', 'malformed-data'],
      ['half a count', 'event', 't="5" n="1.5"', 'type=event reason=backend-up', 'malformed-data'],
      ['too large a count', 'event', 't="5" n="3"', 'type=event reason=backend-up', 'malformed-content'],
      ['an unknown reason', 'event', 't="5" n="1"', 'type=event reason=whatever', 'malformed-content'],
      ['no reason', 'event', 't="5" n="1"', 'type=event message=x', 'malformed-content'],
      ['a broken quote', 'event', 't="5" n="1"', 'type=event reason="backend-up', 'malformed-content'],
      ['no metric', 'contract', 't="5" n="1"', 'type=contract kind=gauge', 'malformed-content'],
      ['a bad metric', 'contract', 't="5" n="1"', 'type=contract metric=1a', 'malformed-content'],
      ['an unknown kind of metric', 'contract', 't="5" n="2"', 'type=contract metric=a kind=x', 'malformed-content'],
      ['an unknown graph', 'contract', 't="5" n="2"', 'type=contract metric=a graph_type=x', 'malformed-content'],
      ['a limit that is none', 'contract', 't="5" n="2"', 'type=contract metric=a max=x', 'malformed-content'],
    ]
    for (const [name, type, params, text, reason] of malformed) {
      it(`refuses a ${type} with ${name}`, () => {
        expect(reasonOf(trusted(ours(type, params, text)))).to.equal(`refused: ${reason}`)
      })
    }

    it('refuses a frame cut at any place that it cannot read', () => {
      const [frame] = encodeFrames([metric('abc', 1, { unit: 'By' })], OPTIONS).frames
      const bytes = frame?.bytes ?? Buffer.alloc(0)
      for (let end = 8; end < bytes.indexOf(' type='); end += 1) {
        expect(reasonOf(trusted(bytes.subarray(0, end))), bytes.toString('utf8', 0, end)).not.to.equal('taken')
      }
    })
  })

  describe('of pushed lines', () => {
    const RSYSLOG = '<14>1 2026-11-21T05:30:00.5Z node7 app 99 - -'

    it('takes metrics without attribution, with the time of the message', () => {
      expect(untrusted(`${RSYSLOG} type=metric a=1 label.env=prod`)).to.deep.equal({
        status: 'signals',
        signals: [metric('a', 1, { timeMs: Date.parse('2026-11-21T05:30:00.5Z'), labels: new Map([['env', 'prod']]) })],
        refused: [],
      })
    })

    it('adds the node where attribution is believed, in front of the labels', () => {
      const [signal] = signalsOf(trusted(`${RSYSLOG} a=1 type=metric label.env=prod`))
      expect([...(signal?.labels ?? [])]).to.deep.equal([
        ['node', 'node7'],
        ['env', 'prod'],
      ])
      const [plain] = signalsOf(trusted('<14>1 - - app - - - type=metric a=1'))
      expect([...(plain?.labels ?? [])]).to.deep.equal([])
    })

    it('takes the present time where the message has none', () => {
      expect(signalsOf(untrusted('<14>1 - - - - - - type=metric a=1'))[0]?.timeMs).to.equal(NOW)
      expect(signalsOf(untrusted('type=metric a=1'))[0]?.timeMs).to.equal(NOW)
    })

    it('drops and counts keys that say where a metric comes from', () => {
      const decoded = trusted(`${RSYSLOG} type=metric cart=x gear=zz label.node=n9 node=n9 a=1`)
      expect(decoded).to.have.property('status', 'signals')
      expect(decoded.status === 'signals' && decoded.refused.map(({ reason }) => reason)).to.deep.equal(
        Array.from({ length: 4 }, () => 'reserved-key'),
      )
      expect([...(signalsOf(decoded)[0]?.labels ?? [])]).to.deep.equal([['node', 'node7']])
    })

    it('takes no attribution from structured data that is not believed', () => {
      const [frame] = encodeFrames([metric('a', 1, { kind: 'counter' })], OPTIONS).frames
      expect(signalsOf(untrusted(frame?.bytes ?? ''))).to.deep.equal([
        metric('a', 1, { labels: new Map([['env', 'prod']]) }),
      ])
    })

    it('reads RFC 3164 as well', () => {
      const decoded = trusted('<14>Nov 21 05:30:00 node7 app[9]: type=metric a=1')
      expect(signalsOf(decoded)[0]).to.deep.include({ name: 'a', timeMs: new Date(2026, 10, 21, 5, 30).getTime() })
      expect(signalsOf(decoded)[0]?.labels.get('node')).to.equal('node7')
    })

    it('takes the good pairs of a line, and none of a line without one', () => {
      expect(untrusted(`${RSYSLOG} type=metric a=1 b=x`))
        .to.have.property('refused')
        .with.length(1)
      expect(untrusted(`${RSYSLOG} type=metric b=x`)).to.deep.include({ status: 'signals', signals: [] })
    })

    const cases: readonly (readonly [string, string | Buffer, string])[] = [
      ['an ordinary message', `${RSYSLOG} GET /x?a=1 200`, 'ignored: not-a-metric'],
      ['pairs without a type', `${RSYSLOG} a=1`, 'ignored: not-a-metric'],
      ['another type', `${RSYSLOG} type=request a=1`, 'ignored: not-a-metric'],
      ['nothing', '', 'ignored: not-a-metric'],
      ['bytes', bytesOf('\xff\xfe\0\x01'), 'ignored: not-a-metric'],
      ['an event', `${RSYSLOG} type=event reason=backend-up`, 'refused: untrusted-event'],
      ['a contract', `${RSYSLOG} type=contract metric=a`, 'refused: untrusted-event'],
      ['a message cut in its structured data', '<14>1 - - - - - [oo@32473 t="5', 'refused: malformed-syslog'],
    ]
    for (const [name, frame, outcome] of cases) {
      it(`finds in ${name} ${outcome}`, () => {
        expect(reasonOf(untrusted(frame))).to.equal(outcome)
        expect(reasonOf(trusted(frame))).to.equal(outcome)
      })
    }

    it('believes events and contracts only where attribution is', () => {
      for (const signal of [event(), contract({ name: 'a' })]) {
        const [frame] = encodeFrames([signal], OPTIONS).frames
        expect(reasonOf(trusted(frame?.bytes ?? ''))).to.equal('taken')
        expect(reasonOf(untrusted(frame?.bytes ?? ''))).to.equal('refused: untrusted-event')
      }
    })
  })

  it('never throws, and whatever it takes is valid', () => {
    const params = fc.stringMatching(
      /^t="[0-9e]{1,3}"( k="[gctx]{0,3}")?( u="[a -]{0,4}")?( s="[0-9 -]{0,4}")?( n="[0-3]")?$/,
    )
    const text = fc.stringMatching(/^type=(metric|event|contract)( [a-z"]{0,3}=?["\\0-9.e-]{0,4}){0,4}$/)
    const likely = fc
      .tuple(fc.constantFrom('metric', 'event', 'contract', '-'), params, text)
      .map((parts) => Buffer.from(ours(...parts)))
    const any = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
    const damaged = fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
      const bytes = Buffer.from(
        encodeFrames([metric('a', 1), metric('b', 2, { unit: 'By' })], OPTIONS).frames[0]?.bytes ?? '',
      )
      bytes[at % bytes.length] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(likely, any, damaged), fc.boolean(), (frame, mayAttribute) => {
        for (const signal of signalsOf(decodeFrame(frame, { mayAttribute, nowMs: NOW }))) {
          expect(signal.timeMs).to.satisfy(Number.isFinite)
          if (signal.type === 'metric') expect(signal.value).to.satisfy(Number.isFinite)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('reads times as they were written', () => expect(thereAndBack([metric('a', 1)])[0]?.timeMs).to.equal(TIME_MS))
  it('keeps labels in their order', () => {
    expect([...(thereAndBack([metric('a', 1)])[0]?.labels.keys() ?? [])]).to.deep.equal([...LABELS.keys()])
  })
})
