import { expect } from 'chai'
import fc from 'fast-check'
import { type EncodeOptions, encode } from '../../../src/backends/statsd/encode.ts'
import { type MetricChanges, makeMetric } from '../make-metric.ts'

const plain: EncodeOptions = { dialect: 'plain', prefix: '{ns}.{app}.{gear}.{cart}', maxPacketBytes: 1432 }
const prefixed: EncodeOptions = { ...plain, dialect: 'key-prefix' }
const tagged: EncodeOptions = { ...plain, dialect: 'datadog-tags' }

const text = (changes: MetricChanges, options: EncodeOptions): string =>
  encode([makeMetric(changes)], options)
    .packets.map(String)
    .join('\n--\n')

const cases: readonly [name: string, changes: MetricChanges, options: EncodeOptions, expected: string][] = [
  ['a gauge', { value: 5 }, plain, 'thread.count:5|g'],
  ['a fraction', { value: 0.25 }, plain, 'thread.count:0.25|g'],
  ['a negative gauge as a change from 0', { value: -5 }, plain, 'thread.count:0|g\nthread.count:-5|g'],
  ['minus zero as zero', { value: -0 }, plain, 'thread.count:0|g'],
  ['an increase', { kind: 'counter', value: 7 }, plain, 'thread.count:7|c'],
  ['a timer without a unit as milliseconds', { kind: 'timer', value: 12 }, plain, 'thread.count:12|ms'],
  ['a timer in milliseconds', { kind: 'timer', value: 12, unit: 'ms' }, plain, 'thread.count:12|ms'],
  ['a timer in seconds', { kind: 'timer', value: 1.5, unit: 's' }, plain, 'thread.count:1500|ms'],
  ['a timer in microseconds', { kind: 'timer', value: 1500, unit: 'us' }, plain, 'thread.count:1.5|ms'],
  ['a timer in minutes', { kind: 'timer', value: 2, unit: 'min' }, plain, 'thread.count:120000|ms'],
  ['what separates in a name', { name: 'a:b|c@d#e f,g\nh' }, plain, 'a_b_c_d_e_f_g_h:5|g'],
  ['labels before the name', {}, prefixed, 'acme.ap11.aa11.php.thread.count:5|g'],
  [
    'dots inside a label',
    { labels: { ns: 'a.b', app: 'c:d', gear: 'e', cart: 'jboss-7.1' } },
    prefixed,
    'a_b.c_d.e.jboss-7_1.thread.count:5|g',
  ],
  [
    'a missing label in its place',
    { labels: { ns: 'acme', gear: 'g', cart: '' } },
    prefixed,
    'acme.none.g.none.thread.count:5|g',
  ],
  [
    'a negative gauge with a prefix',
    { value: -1, labels: {} },
    { ...prefixed, prefix: 'x' },
    'x.thread.count:0|g\nx.thread.count:-1|g',
  ],
  ['another template', {}, { ...prefixed, prefix: 'oo.{appName}-{ns}' }, 'oo.shop-acme.thread.count:5|g'],
  ['labels as tags', { labels: { gear: 'g', ns: 'n' } }, tagged, 'thread.count:5|g|#gear:g,ns:n'],
  ['no tags', { labels: {} }, tagged, 'thread.count:5|g'],
  ['no empty tags', { labels: { gear: 'g', env: '' } }, tagged, 'thread.count:5|g|#gear:g'],
  ['a negative gauge with tags, which knows no changes', { value: -5, labels: {} }, tagged, 'thread.count:-5|g'],
  ['what separates in tags', { labels: { 'a:b': 'c|d,e#f@g\nh:i' } }, tagged, 'thread.count:5|g|#a_b:c_d_e_f_g_h:i'],
  ['a name from another language', { name: 'größe' }, plain, 'größe:5|g'],
]

describe('StatsD encoding', () => {
  for (const [name, changes, options, expected] of cases) {
    it(`writes ${name}`, () => expect(text(changes, options)).to.equal(expected))
  }

  it('fills packets up to the limit and not over it', () => {
    const batch = ['aa', 'bb', 'cc'].map((name) => makeMetric({ name, value: 1 })) // 6 bytes a line
    const packets = (maxPacketBytes: number): string[] =>
      encode(batch, { ...plain, maxPacketBytes }).packets.map(String)
    expect(packets(20)).to.deep.equal(['aa:1|g\nbb:1|g\ncc:1|g'])
    expect(packets(19)).to.deep.equal(['aa:1|g\nbb:1|g', 'cc:1|g'])
    expect(packets(13)).to.deep.equal(['aa:1|g\nbb:1|g', 'cc:1|g'])
    expect(packets(12)).to.deep.equal(['aa:1|g', 'bb:1|g', 'cc:1|g'])
  })

  it('counts bytes, not characters', () => {
    const batch = [makeMetric({ name: 'ä', value: 1 }), makeMetric({ name: 'ä', value: 1 })]
    expect(encode(batch, { ...plain, maxPacketBytes: 12 }).packets).to.have.lengthOf(2)
  })

  it('keeps both lines of a negative gauge in one packet', () => {
    const batch = [makeMetric({ name: 'aaaa', value: 1 }), makeMetric({ name: 'b', value: -1 })]
    expect(encode(batch, { ...plain, maxPacketBytes: 14 }).packets.map(String)).to.deep.equal([
      'aaaa:1|g',
      'b:0|g\nb:-1|g',
    ])
  })

  it('refuses what no packet holds and what StatsD has no meaning for', () => {
    const large = makeMetric({ name: 'a'.repeat(140) })
    const backwards = makeMetric({ kind: 'timer', value: -1 })
    const good = makeMetric({ name: 'good' })
    const { packets, refused } = encode([large, backwards, good], { ...plain, maxPacketBytes: 128 })
    expect(packets.map(String)).to.deep.equal(['good:5|g'])
    expect(refused).to.deep.equal([
      { metric: large, reason: 'larger-than-packet' },
      { metric: backwards, reason: 'negative-timer' },
    ])
  })

  it('never lets a name or label break out of its line', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(anyText, anyText, anyText, (name, key, value) => {
        const metric = { ...makeMetric({ name }), labels: new Map([[key, value]]) }
        const [line = ''] = encode([metric], tagged).packets.map(String)
        expect(line).to.match(/^[^:|@#\n]+:5\|g\|#[^:|@#,\n]+:[^|@#,\n]+$/)
      }),
    )
  })
})
