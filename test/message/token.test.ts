import { expect } from 'chai'
import fc from 'fast-check'
import { nextToken, type Token } from '../../src/message/token.ts'

const tokens = (text: string): Token[] => {
  const found: Token[] = []
  for (let token = nextToken(text, 0); token; token = nextToken(text, token.end)) found.push(token)
  return found
}
const short = (text: string): string[] => tokens(text).map(({ form, key, value }) => `${form} ${key}|${value}`)

describe('nextToken', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['splits at blanks and tabs', ' a=1\t\tb=2 ', ['bare a|1', 'bare b|2']],
    ['takes a word without =', 'hello a=1', ['word hello|', 'bare a|1']],
    ['takes the first = of several', 'a=b=c', ['bare a|b=c']],
    ['takes an empty value', 'a= b=1', ['bare a|', 'bare b|1']],
    ['takes an empty key', '=1', ['bare |1']],
    ['takes a quoted value with blanks', 'a="b c" d=1', ['quoted a|b c', 'bare d|1']],
    ['takes an empty quoted value', 'a=""', ['quoted a|']],
    ['resolves escapes', String.raw`a="\"\\\n\r\t"`, ['quoted a|"\\\n\r\t']],
    ['keeps a backslash before anything else', String.raw`a="\x"`, [String.raw`quoted a|\x`]],
    ['does not end at an escaped quote', String.raw`a="b\" c" d=1`, ['quoted a|b" c', 'bare d|1']],
    ['ends at a quote behind an escaped backslash', String.raw`a="b\\" c=1`, ['quoted a|b\\', 'bare c|1']],
    ['loses only the pair when a quote is missing', 'a="b c=1', ['bad-quotes a|', 'bare c|1']],
    ['loses only the pair when text follows the quote', 'a="b"c d=1', ['bad-quotes a|', 'bare d|1']],
    ['keeps a quote inside a bare value', 'a=5"', ['bare a|5"']],
    ['finds nothing in blanks', ' \t ', []],
  ]
  for (const [name, text, expected] of cases) it(name, () => expect(short(text)).to.deep.equal(expected))

  it('tells where each word stands', () => {
    expect(tokens(' a=1 b="x y"').map(({ start, end }) => [start, end])).to.deep.equal([
      [1, 4],
      [5, 12],
    ])
  })

  it('always comes to an end, each word behind the one before', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a= \t"\\]{0,30}$/), (text) => {
        let end = 0
        for (const token of tokens(text)) {
          expect(token.start).to.be.at.least(end)
          expect(token.end).to.be.above(token.start)
          end = token.end
        }
      }),
    )
  })
})
