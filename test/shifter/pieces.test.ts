import { expect } from 'chai'
import fc from 'fast-check'
import { PieceSplitter } from '../../src/shifter/pieces.ts'

const split = (chunks: readonly Buffer[], maxBytes: number): string[] => {
  const pieces: string[] = []
  const splitter = new PieceSplitter(maxBytes)
  for (const chunk of chunks) splitter.push(chunk, (piece) => pieces.push(piece.toString('latin1')))
  splitter.end((piece) => pieces.push(piece.toString('latin1')))
  return pieces
}

describe('shifter/pieces', () => {
  const cases: readonly (readonly [name: string, chunks: readonly string[], pieces: readonly string[]])[] = [
    ['lines, however they are cut', ['he', 'llo\nwor', 'ld\n'], ['hello\n', 'world\n']],
    ['no empty line', ['a\n\n\nb\n'], ['a\n', 'b\n']],
    ['a last line without its newline', ['a\nb'], ['a\n', 'b\n']],
    [
      'a long line as several pieces',
      ['0123456789abcdefghijklmnopqrs\nx\n'],
      ['0123456789\n', 'abcdefghij\n', 'klmnopqrs\n', 'x\n'],
    ],
    ['a line of exactly the limit as one', ['0123456789\n'], ['0123456789\n']],
    [
      'a long line cut at blanks, so that no number is cut',
      ['aa=12 bb=34 cc=56\n'],
      ['aa=12\n', ' bb=34\n', ' cc=56\n'],
    ],
  ]
  for (const [name, chunks, pieces] of cases) {
    it(`gives ${name}`, () => {
      expect(
        split(
          chunks.map((chunk) => Buffer.from(chunk)),
          10,
        ),
      ).to.deep.equal(pieces)
    })
  }

  it('gives the same pieces for every way of cutting, and loses no byte', () => {
    const bytes = fc
      .uint8Array({ maxLength: 200 })
      .map((array) => Buffer.from(array.map((byte) => (byte % 5 === 0 ? 0x0a : byte))))
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 20 }), (whole, size) => {
        const chunks: Buffer[] = []
        for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size))
        const pieces = split(chunks, 16)
        expect(pieces).to.deep.equal(split([whole], 16))
        expect(pieces.join('').replaceAll('\n', '')).to.equal(whole.toString('latin1').replaceAll('\n', ''))
      }),
    )
  })
})
