import { expect } from 'chai'
import fc from 'fast-check'
import { parseNodeConf, parseRubyInteger } from '../../src/config/node-conf.ts'

describe('node.conf', () => {
  const lines: [line: string, entries: Record<string, string>][] = [
    ['A=b', { A: 'b' }],
    ['  A = b  ', { A: 'b' }],
    ['A = b = c', { A: 'b = c' }],
    ['A=', { A: '' }],
    ['A=""', { A: '' }],
    ['A="/x"  # c', { A: '/x' }],
    ["A='x y' # z", { A: 'x y' }],
    ['A="a#b"', { A: 'a#b' }],
    ['A="a#b" # "c"', { A: 'a#b' }],
    ['A=a#b', { A: 'a' }],
    ['A=3   # three', { A: '3' }],
    ['A=# nothing', { A: '' }],
    ['A="abc', { A: '"abc' }],
    ['A="abc\'', { A: '"abc\'' }],
    ["A=it's", { A: "it's" }],
    ['A="say "hi""', { A: 'say "hi"' }],
    ['A=a\\:b', { A: 'a:b' }],
    ['A="a\\:b"', { A: 'a:b' }],
    ['A=a\\nb', { A: 'a\\nb' }],
    ['export A=b', { A: 'b' }],
    ['exported=b', { exported: 'b' }],
    ['#A=b', {}],
    ['   # A=b', {}],
    ['=b', {}],
    ['A', {}],
    ['', {}],
    ['A=b\r', { A: 'b' }],
    ['\ufeffA=b', { A: 'b' }],
    ['A=1\nA=2', { A: '2' }],
    ['A=1\n[cg_template]\nA=2\n[ other ] # c\nB=3', { A: '1', 'cg_template/A': '2', 'other/B': '3' }],
    ['A=ü \u00e9', { A: 'ü é' }],
  ]
  for (const [line, entries] of lines) {
    it(`reads ${JSON.stringify(line)}`, () => expect(Object.fromEntries(parseNodeConf(line))).to.deep.equal(entries))
  }

  it('takes __proto__ for the key it is', () => {
    expect([...parseNodeConf('__proto__=x')]).to.deep.equal([['__proto__', 'x']])
  })

  it('never throws, and knows no key with a blank at its ends', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', '=', '#', '"', "'", '\\', ':', ' ', '\n', '[', ']') }),
        (text) => {
          for (const key of parseNodeConf(text).keys()) expect(key).to.equal(key.trim())
        },
      ),
    )
  })
})

describe('an integer as Ruby reads it', () => {
  const numbers: [text: string, value: number | undefined][] = [
    ['45', 45],
    [' 45 ', 45],
    ['-3', -3],
    ['+3', 3],
    ['0', 0],
    ['-0', 0],
    ['00', 0],
    ['0x1e', 30],
    ['0X1E', 30],
    ['-0x10', -16],
    ['010', 8],
    ['0o17', 15],
    ['0b101', 5],
    ['1_0', 10],
    ['1_000_000', 1_000_000],
    ['30s', undefined],
    ['1.5', undefined],
    ['', undefined],
    [' ', undefined],
    ['abc', undefined],
    ['ff', undefined],
    ['08', undefined],
    ['0b12', undefined],
    ['0x', undefined],
    ['1__0', undefined],
    ['_1', undefined],
    ['1_', undefined],
    ['1 0', undefined],
    ['--1', undefined],
    ['1e3', undefined],
  ]
  for (const [text, value] of numbers) {
    it(`reads ${JSON.stringify(text)} as ${value}`, () => expect(parseRubyInteger(text)).to.deep.equal(value))
  }
})
