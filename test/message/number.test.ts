import { expect } from 'chai'
import fc from 'fast-check'
import { formatNumber, parseNumber } from '../../src/message/number.ts'

describe('parseNumber', () => {
  const accepted: readonly (readonly [string, number])[] = [
    ['5', 5],
    ['+5', 5],
    ['-1.5', -1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['007', 7],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['2.5e-3', 0.0025],
    ['-0', 0],
    ['-0.0', 0],
    ['-0e0', 0],
    ['0.1', 0.1],
    ['9007199254740993', 9007199254740992],
    ['1234567890123456.5', 1234567890123456.5],
    ['1e-400', 0],
  ]
  for (const [text, value] of accepted) {
    it(`reads ${text}`, () => expect(Object.is(parseNumber(text), value), String(parseNumber(text))).to.equal(true))
  }

  const refused = [
    '',
    '+',
    '-',
    '.',
    '+.',
    'e5',
    '.e5',
    '1e',
    '1e+',
    '1e1.5',
    '1e5e5',
    '1.2.3',
    '--1',
    '1-',
    '0x10',
    '1,5',
  ]
  for (const text of [...refused, 'NaN', 'Infinity', 'inf', '1_000', '5%', '5ms', ' 5', '5 ', '١', '1\0', '1n']) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseNumber(text)).to.be.NaN)
  }

  it('tells what is too large from what is no number', () => {
    expect(parseNumber('1e400')).to.equal(Number.POSITIVE_INFINITY)
    expect(parseNumber('-1e400')).to.equal(Number.NEGATIVE_INFINITY)
    expect(parseNumber('9'.repeat(400))).to.equal(Number.POSITIVE_INFINITY)
  })

  it('reads a part of a text only', () => expect(parseNumber('a=12.5 b=3', 2, 6)).to.equal(12.5))

  it('agrees with JavaScript on every decimal', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,3})?$/), (text) => {
        expect(parseNumber(text)).to.equal(Number(text) + 0)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('formatNumber', () => {
  it('writes what reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(formatNumber(value))).to.equal(value + 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('writes negative zero as 0', () => expect(formatNumber(-0)).to.equal('0'))
})
