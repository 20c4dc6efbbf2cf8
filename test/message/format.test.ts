import { expect } from 'chai'
import fc from 'fast-check'
import { formatHead, formatPair } from '../../src/message/format.ts'
import { nextToken } from '../../src/message/token.ts'
import { LABELS, plainText } from './signals.ts'

describe('formatPair', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['plain', 'k=plain'],
    ['', 'k='],
    ['é😀', 'k=é😀'],
    ['%s 50%', 'k="%s 50%"'],
    ['two words', 'k="two words"'],
    ['a=b', 'k="a=b"'],
    ['say "hi"', String.raw`k="say \"hi\""`],
    ['back\\slash', String.raw`k="back\\slash"`],
    ['a\nb\rc\td', String.raw`k="a\nb\rc\td"`],
    ['a\0b\u001b\u007f\u0085', 'k="a\ufffdb\ufffd\ufffd\ufffd"'],
    ['no\u00a0break', 'k="no\u00a0break"'],
  ]
  for (const [value, pair] of cases) {
    it(`writes ${JSON.stringify(value)} as ${JSON.stringify(pair)}`, () =>
      expect(formatPair('k', value)).to.equal(pair))
  }

  it('writes what reads back as the same, newlines and tabs included', () => {
    const value = fc.array(fc.oneof(plainText, fc.constantFrom('\n', '\r', '\t', '"', '\\', '=', ' ')), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(value, (parts) => {
        const text = formatPair('k', parts.join(''))
        expect(nextToken(text, 0)).to.deep.include({ key: 'k', value: parts.join(''), end: text.length })
      }),
    )
  })

  it('never writes a raw control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(formatPair('k', value)).not.to.match(/\p{Cc}/u)
      }),
    )
  })
})

describe('formatHead', () => {
  const cases: readonly (readonly [string, ReadonlyMap<string, string>, readonly string[], string])[] = [
    [
      'of a cartridge',
      LABELS,
      ['appName', 'gear', 'app', 'ns'],
      'type=metric cart=php appName=shop gear=aa11 app=ap1 ns=acme label.env=prod',
    ],
    ['in the order of the keys', LABELS, ['ns', 'app'], 'type=metric cart=php ns=acme app=ap1 label.env=prod'],
    ['with a key that is no attribution', LABELS, ['env'], 'type=metric cart=php env=prod'],
    ['with a missing value', new Map([['gear', 'aa11']]), ['app', 'gear'], 'type=metric app= gear=aa11'],
    ['without keys', new Map([['gear', 'aa11']]), [], 'type=metric'],
    ['of a node', new Map([['node', 'n1']]), [], 'type=metric'],
    [
      'with forged words in a value',
      new Map([['ns', 'x gear=zz\ntype=event']]),
      ['ns'],
      String.raw`type=metric ns="x gear=zz\ntype=event"`,
    ],
  ]
  for (const [name, labels, keys, head] of cases) {
    it(`writes the head ${name}`, () => expect(formatHead('metric', labels, keys)).to.equal(head))
  }
})
