import { expect } from 'chai'
import fc from 'fast-check'
import { formatHead, formatPair } from '../../src/message/format.ts'
import type { ParsedLine } from '../../src/message/line-draft.ts'
import { parseMetricLine } from '../../src/message/metric-line.ts'
import { attributionLabels } from '../../src/metric.ts'
import { bytesOf } from './chunks.ts'

const reserved: ReadonlySet<string> = new Set(attributionLabels)
const script = (line: string | Buffer): ParsedLine =>
  parseMetricLine(Buffer.from(line), { typeRequired: false, reserved })
const stream = (line: string | Buffer): ParsedLine =>
  parseMetricLine(Buffer.from(line), { typeRequired: true, reserved })

const pairsOf = ({ pairs }: ParsedLine): string => pairs.map(({ name, value }) => `${name}=${value}`).join(' ')
const refusedOf = ({ refused }: ParsedLine): string[] => refused.map(({ reason, column }) => `${reason}@${column}`)

describe('parseMetricLine', () => {
  const accepted: readonly (readonly [string, string, string])[] = [
    ['pairs of a script without a type', 'uptime=5 jobs=7', 'uptime=5 jobs=7'],
    ['the type in front', 'type=metric thread.count=5', 'thread.count=5'],
    ['the type behind', 'thread.count=5 type=metric', 'thread.count=5'],
    ['a quoted type', 'type="metric" a=1', 'a=1'],
    ['tabs and many blanks', '\t a=1 \t b=2  ', 'a=1 b=2'],
    ['a quoted number', 'a="5"', 'a=5'],
    [
      'dotted names with digits',
      'cpuacct.usage_percpu.0=5 heap.permgen.size=1',
      'cpuacct.usage_percpu.0=5 heap.permgen.size=1',
    ],
    ['names with dash, slash and colon', 'blkio.8:0=1 a-b/c=2', 'blkio.8:0=1 a-b/c=2'],
    ['every form of number', 'a=-1.5 b=.5 c=+5 d=1e3', 'a=-1.5 b=0.5 c=5 d=1000'],
    ['names that objects have', '__proto__=1 constructor=2 toString=3', '__proto__=1 constructor=2 toString=3'],
    ['coloured words', '\u001b[32mtype=metric\u001b[0m \u001b[1;31ma=1\u001b[0m', 'a=1'],
    ['the longest name', `${'n'.repeat(200)}=1`, `${'n'.repeat(200)}=1`],
  ]
  for (const [name, line, pairs] of accepted) {
    it(`takes ${name}`, () => {
      expect(pairsOf(script(line))).to.equal(pairs)
      expect(script(line)).to.deep.include({ isMetric: true, refused: [] })
    })
  }

  const refused: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['hexadecimal', 'a=0x10 b=1', 'b=1', ['not-a-number@1']],
    ['a decimal comma', 'b=1 a=1,5', 'b=1', ['not-a-number@5']],
    ['a percent sign', 'load=50% idle=2', 'idle=2', ['not-a-number@1']],
    ['text', 'freezer.state=THAWED b=1', 'b=1', ['not-a-number@1']],
    ['NaN and infinities', 'a=NaN b=Infinity c=-inf d=1', 'd=1', ['not-finite@1', 'not-finite@7', 'not-finite@18']],
    ['what is too large', 'a=1e400', '', ['not-finite@1']],
    ['an empty value', 'a= b=1 c=""', 'b=1', ['empty-value@1', 'empty-value@8']],
    ['a name that begins with a digit', '5a=1 b=1', 'b=1', ['bad-name@1']],
    [
      'a name with odd characters',
      'a$b=1 é=2 "q"=3 =4 b=1',
      'b=1',
      ['bad-name@1', 'bad-name@7', 'bad-name@11', 'bad-name@17'],
    ],
    ['too long a name', `${'n'.repeat(201)}=1 b=1`, 'b=1', ['name-too-long@1']],
    ['each word without =', 'one a=1 two', 'a=1', ['not-a-pair@1', 'not-a-pair@9']],
    ['the second of two equal names', 'a=1 a=2 b=3', 'a=1 b=3', ['duplicate-name@5']],
    [
      'keys of attribution, whatever their value',
      'gear=zz a=1 cart="x y',
      'a=1',
      ['reserved-key@1', 'reserved-key@13', 'not-a-pair@21'],
    ],
    ['labels of attribution', 'label.gear=zz a=1', 'a=1', ['reserved-key@1']],
    ['a missing quote', 'a="5 b=2', 'b=2', ['bad-quotes@1']],
    ['text behind a quote', 'a="5"x b=2', 'b=2', ['bad-quotes@1']],
    ['NUL', 'a=1\0 b=2', 'b=2', ['control-character@1']],
    ['a lone NUL', '\0 b=2', 'b=2', ['control-character@1']],
    ['control characters in names', 'a\u0007b=1 b=2', 'b=2', ['control-character@1']],
    ['an unfinished colour code', 'a=\u001b[3 b=2', 'b=2', ['control-character@1']],
  ]
  for (const [name, line, pairs, reasons] of refused) {
    it(`refuses ${name} and keeps the rest`, () => {
      expect(refusedOf(script(line))).to.deep.equal(reasons)
      expect(pairsOf(script(line))).to.equal(pairs)
    })
  }

  it('keeps the first of many equal names in a line of many', () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}=1`)
    const line = script([...names, 'n3=2', 'n29=2'].join(' '))
    expect(line.pairs).to.have.length(30)
    expect(line.refused.map(({ reason }) => reason)).to.deep.equal(['duplicate-name', 'duplicate-name'])
  })

  it('refuses a line of prose once', () => {
    expect(refusedOf(script('  the server is up'))).to.deep.equal(['not-a-pair@3'])
    expect(script('the server is up').isMetric).to.equal(false)
  })

  it('shows the refused piece printable and shortened', () => {
    const [first] = script(`a=${'\u0007'.repeat(3)}${'x'.repeat(300)}`).refused
    expect(first?.text).to.match(/^a=\\u0007\\u0007\\u0007x+…$/)
  })

  it('counts columns in characters, without colours', () => {
    expect(refusedOf(script('é=1 😀=1 x'))).to.deep.equal(['bad-name@1', 'bad-name@5', 'not-a-pair@9'])
    expect(refusedOf(script('\u001b[32ma=1\u001b[0m b=x'))).to.deep.equal(['not-a-number@5'])
    expect(script('\u001b[32ma=1\u001b[0m b=x').colourCodes).to.equal(2)
  })

  for (const line of ['', '   ', '\t']) {
    it(`ignores ${JSON.stringify(line)}`, () => {
      expect(script(line)).to.deep.include({ isMetric: false, pairs: [], refused: [] })
    })
  }

  for (const word of [
    'CLIENT_RESULT',
    'CLIENT_MESSAGE',
    'CLIENT_ERROR',
    'CLIENT_DEBUG',
    'ATTR',
    'ENV_VAR_ADD',
    'CART_DATA',
    'CART_PROPERTIES',
    'APP_INFO',
  ]) {
    it(`ignores what is said to the platform by ${word}`, () => {
      expect(script(`${word}: type=metric a=1 what else`)).to.deep.include({ isMetric: false, pairs: [], refused: [] })
    })
  }

  it('takes no word for the platform that only looks like one', () => {
    expect(refusedOf(script('constructor: x'))).to.deep.equal(['not-a-pair@1'])
  })

  describe('type', () => {
    it('makes a line of another type no metric at all', () => {
      const line = script('a=1 type=event b=2')
      expect(line).to.deep.include({ isMetric: false, pairs: [] })
      expect(line.refused).to.deep.equal([{ reason: 'foreign-type', column: 5, text: 'type=event' }])
    })

    it('is not overruled by a second one', () => {
      expect(script('type=metric a=1 type=event').pairs).to.deep.equal([])
      expect(stream('type=metric a=1 type=event').isMetric).to.equal(false)
    })

    for (const line of ['a=1', 'GET /x?a=1 200', 'type=event a=1', 'subtype=metrics a=1', 'label.type=metric a=1']) {
      it(`says nothing of the log line ${line}`, () => {
        expect(stream(line)).to.deep.include({ isMetric: false, pairs: [], refused: [] })
      })
    }

    it('is found anywhere in a stream', () => {
      expect(pairsOf(stream('a=1 type=metric b=2'))).to.equal('a=1 b=2')
      expect(pairsOf(stream('a=1 type="metric"'))).to.equal('a=1')
      expect(stream('type=metric')).to.deep.include({ isMetric: true, pairs: [], refused: [] })
    })
  })

  describe('labels', () => {
    it('are taken from label.<name>, quoted or bare', () => {
      const { labels } = script('a=1 label.env=prod label.pool="web \\"1\\"" label.empty= label.__proto__=x')
      expect([...labels]).to.deep.equal([
        ['env', 'prod'],
        ['pool', 'web "1"'],
        ['empty', ''],
        ['__proto__', 'x'],
      ])
    })

    const cases: readonly (readonly [string, string])[] = [
      ['label.=1', 'bad-name'],
      ['label.5=1', 'bad-name'],
      [`label.${'n'.repeat(33)}=1`, 'name-too-long'],
      [`label.n=${'v'.repeat(257)}`, 'label-too-long'],
      [`label.n=${'é'.repeat(129)}`, 'label-too-long'],
      ['label.n="a\\nb"', 'control-character'],
      ['label.n="a\tb"', 'control-character'],
      ['label.n=1 label.n=2', 'duplicate-name'],
    ]
    for (const [line, reason] of cases) {
      it(`are refused as ${reason}: ${line.slice(0, 24)}`, () => {
        expect(script(line).refused.map((refusal) => refusal.reason)).to.deep.equal([reason])
      })
    }

    it('take the longest name and value', () => {
      const line = script(`label.${'n'.repeat(32)}=${'v'.repeat(256)}`)
      expect(line.refused).to.deep.equal([])
      expect(line.labels.size).to.equal(1)
    })

    it('do not take bytes that are not UTF-8, but do take U+FFFD that was written as such', () => {
      expect(refusedOf(script(bytesOf('a=1 label.n=\xff')))).to.deep.equal(['invalid-utf8@5'])
      expect(script('label.n=\ufffd').labels.get('n')).to.equal('\ufffd')
    })
  })

  it('never passes on bytes that are not UTF-8', () => {
    const line = script(bytesOf('a\xffb=1 c=2\xc3 d=3'))
    expect(pairsOf(line)).to.equal('d=3')
    expect(refusedOf(line)).to.deep.equal(['invalid-utf8@1', 'invalid-utf8@7'])
  })

  it('never throws, and whatever it takes is valid', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
      fc
        .stringMatching(/^([a.]{0,3}[= "\\\0é[m-]{0,2}[0-9e"]{0,3} ?){0,8}$/)
        .map((text) => Buffer.from(text.replaceAll('[', '\u001b['))),
    )
    fc.assert(
      fc.property(bytes, fc.boolean(), (line, typeRequired) => {
        const parsed = parseMetricLine(line, { typeRequired, reserved })
        for (const { name, value } of parsed.pairs) {
          expect(name).to.match(/^[A-Za-z_][A-Za-z0-9_.:/-]*$/)
          expect(value).to.satisfy(Number.isFinite)
        }
        for (const { column } of parsed.refused) expect(column).to.be.within(1, line.length)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads every label and number as it was written', () => {
    const name = fc
      .stringMatching(/^[A-Za-z_][A-Za-z0-9_.:/-]{0,20}$/)
      .filter((text) => !reserved.has(text) && text !== 'type' && !text.startsWith('label.'))
    const value = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text))
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 }),
        name,
        numbers,
        (entries, metric, number) => {
          const labels = new Map(entries)
          const line = stream(`${formatHead('metric', labels, [])} ${formatPair(metric, String(number))}`)
          expect(line.refused).to.deep.equal([])
          expect([...line.labels]).to.deep.equal([...labels])
          expect(line.pairs).to.deep.equal([{ name: metric, value: number + 0 }])
        },
      ),
    )
  })
})
