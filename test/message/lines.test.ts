import { expect } from 'chai'
import fc from 'fast-check'
import { LineSplitter } from '../../src/message/lines.ts'
import { bytesOf, chunked } from './chunks.ts'

const split = (maxLineBytes: number, chunks: readonly Buffer[]): { lines: string[]; tooLong: number } => {
  const splitter = new LineSplitter({ maxLineBytes })
  const lines: string[] = []
  const take = (line: Buffer): unknown => lines.push(line.toString('latin1'))
  for (const chunk of chunks) splitter.push(chunk, take)
  splitter.end(take)
  return { lines, tooLong: splitter.tooLong }
}

describe('LineSplitter', () => {
  const cases: readonly (readonly [string, number, readonly string[], readonly string[], number])[] = [
    ['drops six bytes without a newline at a limit of five', 5, ['sixby6'], [], 1],
    ['drops what is completed over the limit and goes on', 5, ['five5', 'q\nr\n'], ['r'], 1],
    ['counts the newline: seven fit seven', 7, ['m=1234\n'], ['m=1234'], 0],
    ['counts the newline: seven do not fit six', 6, ['m=1234\n'], [], 1],
    ['takes two lines of one chunk in order', 12, ['hello\nworld\n'], ['hello', 'world'], 0],
    ['joins a line from pieces', 12, ['hel', 'l', 'o\nwo', 'rld', '\n'], ['hello', 'world'], 0],
    ['drops a long line between short ones', 6, ['a\n1234567\nb\n'], ['a', 'b'], 1],
    ['removes a carriage return', 50, ['a=1\r\n'], ['a=1'], 0],
    ['removes a carriage return that ends a chunk', 50, ['a=1\r', '\nb\n'], ['a=1', 'b'], 0],
    ['counts the carriage return', 5, ['abc\r\n', 'abcd\r\n'], ['abc'], 1],
    ['keeps a carriage return inside a line', 50, ['a\rb\n'], ['a\rb'], 0],
    ['takes a last line without newline', 50, ['abc'], ['abc'], 0],
    ['counts the newline that a last line lacks', 3, ['ab'], ['ab'], 0],
    ['drops a last line that fits only without it', 3, ['abc'], [], 1],
    ['passes empty lines on', 50, ['\n\r\n'], ['', ''], 0],
    ['passes bytes that are no text on', 50, ['\0\xff\n'], ['\0\xff'], 0],
    ['takes nothing from nothing', 50, [''], [], 0],
    ['counts each long line once', 4, ['123456', '789', '\n', '123456789\n', 'x\n'], ['x'], 2],
  ]
  for (const [name, max, chunks, lines, tooLong] of cases) {
    it(name, () => expect(split(max, chunks.map(bytesOf))).to.deep.equal({ lines, tooLong }))
  }

  it('gives the same lines however the bytes are cut', () => {
    const text = fc.stringMatching(/^([abc]{0,8}\r?\n?){0,12}$/).map(bytesOf)
    fc.assert(
      fc.property(chunked(text), fc.integer({ min: 1, max: 10 }), ({ bytes, chunks }, max) => {
        expect(split(max, chunks)).to.deep.equal(split(max, [bytes]))
      }),
    )
  })

  it('starts afresh after the end', () => {
    const splitter = new LineSplitter({ maxLineBytes: 4 })
    const lines: string[] = []
    const take = (line: Buffer): unknown => lines.push(line.toString())
    splitter.push(bytesOf('too long'), take)
    splitter.end(take)
    splitter.push(bytesOf('ok\n'), take)
    expect(lines).to.deep.equal(['ok'])
    expect(splitter.inLine).to.equal(false)
  })
})
