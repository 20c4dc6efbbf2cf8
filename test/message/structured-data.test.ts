import { expect } from 'chai'
import fc from 'fast-check'
import { formatElement, isSdName, parseStructuredData } from '../../src/message/structured-data.ts'

const parse = (text: string) => {
  const data = parseStructuredData(text, 0)
  return data && { end: data.end, elements: data.elements.map(({ id, params }) => [id, ...params]) }
}

describe('parseStructuredData', () => {
  const cases: readonly (readonly [string, string, readonly unknown[] | undefined])[] = [
    ['nothing', '-', []],
    ['an element without parameters', '[a@1]', [['a@1']]],
    ['parameters in their order', '[a b="1" c="2"]', [['a', ['b', '1'], ['c', '2']]]],
    [
      'several elements',
      '[a b="1"][timeQuality tzKnown="1"]',
      [
        ['a', ['b', '1']],
        ['timeQuality', ['tzKnown', '1']],
      ],
    ],
    ['escaped quote, backslash and bracket', String.raw`[a b="\"\\\]"]`, [['a', ['b', '"\\]']]]],
    ['a backslash before anything else as itself', String.raw`[a b="\n\x"]`, [['a', ['b', String.raw`\n\x`]]]],
    ['a bracket that someone forgot to escape', '[a b="[x]"]', [['a', ['b', '[x]']]]],
    ['a repeated name, of which the last counts', '[a b="1" b="2"]', [['a', ['b', '2']]]],
    ['UTF-8 values', '[a b="é😀"]', [['a', ['b', 'é😀']]]],
    ['an empty value', '[a b=""]', [['a', ['b', '']]]],
    ['the longest names', `[${'i'.repeat(32)} ${'n'.repeat(32)}="1"]`, [['i'.repeat(32), ['n'.repeat(32), '1']]]],
    ['a name that objects have', '[a __proto__="1"]', [['a', ['__proto__', '1']]]],
    ['gear attribution', '[gear@32473 gear="aa" app="x"]', [['gear@32473', ['gear', 'aa'], ['app', 'x']]]],
    ['not an empty text', '', undefined],
    ['not a text', 'text', undefined],
    ['not an element without an end', '[a b="1"', undefined],
    ['not a value without an end', '[a b="1]', undefined],
    ['not a value that ends in an escape', String.raw`[a b="1\"]`, undefined],
    ['not a value without quotes', '[a b=1]', undefined],
    ['not a parameter without a value', '[a b]', undefined],
    ['not an element without an id', '[]', undefined],
    ['not two blanks', '[a  b="1"]', undefined],
    ['not a blank before the end', '[a b="1" ]', undefined],
    ['not parameters without a blank', '[a b="1"c="2"]', undefined],
    ['not too long an id', `[${'i'.repeat(33)}]`, undefined],
    ['not too long a name', `[a ${'n'.repeat(33)}="1"]`, undefined],
    ['not an id with a quote', '[a"b]', undefined],
    ['not an id beyond ASCII', '[é]', undefined],
    ['not gear attribution without an end', '[gear@32473 gear="aa" app="x"', undefined],
    ['not gear attribution without a quote', '[gear@32473 gear=', undefined],
  ]
  for (const [name, text, elements] of cases) {
    it(`reads ${name}`, () => {
      expect(parse(text)).to.deep.equal(elements && { elements, end: text.length })
      expect(parse(elements ? `${text} "]"] ` : `${text} x`)?.end, 'with a text behind it').to.equal(
        elements && text.length,
      )
    })
  }

  it('gives the same labels for the same attribution, and others for any other', () => {
    const text = '[gear@32473 gear="same" cart="php"]'
    const labels = (of: string) => parseStructuredData(of, 0)?.elements[0]?.params
    expect(labels(text)).to.equal(labels(`${text} text`))
    for (let index = 0; index < 40; index += 1) {
      expect(labels(`[gear@32473 gear="same" cart="${index}"]`)?.get('cart')).to.equal(String(index))
    }
    expect(labels('[gear@32473 gear="same" cart="php" x="1"]')?.get('x')).to.equal('1')
    expect(labels(text)).to.deep.equal(
      new Map([
        ['gear', 'same'],
        ['cart', 'php'],
      ]),
    )
  })

  it('reads attribution too long to be kept like any other', () => {
    const value = 'x'.repeat(2000)
    for (const text of [`[gear@32473 gear="a" app="${value}"]`, `[gear@32473 gear="${value}"]`]) {
      for (const again of [text, text]) expect(parse(again)?.end).to.equal(text.length)
    }
  })

  it('never throws, and stays inside the text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\[(gear@32473)?[a="\\ [\]é]{0,20}$/), (text) => {
        expect(parseStructuredData(text, 0)?.end ?? 0).to.be.at.most(text.length)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('formatElement', () => {
  it('replaces control characters, which would break a line in two', () => {
    expect(formatElement('a', [['b', 'x\ny\0\u0085']])).to.equal('[a b="x\ufffdy\ufffd\ufffd"]')
  })

  it('writes what reads back as the same', () => {
    const name = fc.stringMatching(/^[!-~]{1,32}$/).filter(isSdName)
    const value = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(name, fc.dictionary(name, value, { maxKeys: 4 }), (id, params) => {
        const entries = Object.entries(params)
        expect(parse(formatElement(id, entries))?.elements).to.deep.equal([[id, ...entries]])
      }),
    )
  })
})
