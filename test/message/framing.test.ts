import { expect } from 'chai'
import fc from 'fast-check'
import { FrameSplitter, type FramingFault, lfTerminated, octetCounted } from '../../src/message/framing.ts'
import { bytesOf, chunked } from './chunks.ts'

interface Outcome {
  readonly frames: readonly string[]
  readonly fault: FramingFault | undefined
  readonly cutOff: boolean
  readonly tooLong: number
}

const split = (chunks: readonly Buffer[], maxFrameBytes = 20): Outcome => {
  const splitter = new FrameSplitter({ maxFrameBytes })
  const frames: string[] = []
  const take = (frame: Buffer): unknown => frames.push(frame.toString('latin1'))
  let fault: FramingFault | undefined
  for (const chunk of chunks) fault = splitter.push(chunk, take)
  const { cutOff } = splitter.end(take)
  return { frames, fault, cutOff, tooLong: splitter.tooLong }
}

const CLEAN: Outcome = { frames: [], fault: undefined, cutOff: false, tooLong: 0 }

describe('FrameSplitter', () => {
  const cases: readonly (readonly [string, string, Partial<Outcome>])[] = [
    ['takes a counted frame', '5 <1>ab', { frames: ['<1>ab'] }],
    ['takes counted frames that hold newlines', '3 a\nb4 c\n\nd', { frames: ['a\nb', 'c\n\nd'] }],
    ['takes lines', '<1>a\n<2>b\r\n', { frames: ['<1>a', '<2>b'] }],
    ['decides for each frame', '<1>a\n3 b\nc<2>d\n1 e', { frames: ['<1>a', 'b\nc', '<2>d', 'e'] }],
    ['skips newlines and NUL between frames', '1 a\n1 b\r\n\n\0<1>c\n', { frames: ['a', 'b', '<1>c'] }],
    ['takes a last line without newline', '<1>a', { frames: ['<1>a'] }],
    ['takes a line without a priority', 'hello\n', { frames: ['hello'] }],
    ['takes the largest counted frame', `20 ${'x'.repeat(20)}`, { frames: ['x'.repeat(20)] }],
    ['takes the largest line', `${'x'.repeat(20)}\n`, { frames: ['x'.repeat(20)] }],
    ['drops too long a line whole and goes on', `${'x'.repeat(21)}\n<1>a\n`, { frames: ['<1>a'], tooLong: 1 }],
    ['loses a counted frame that is cut off', '1 a5 <1>', { frames: ['a'], cutOff: true }],
    ['loses a length that is cut off', '1 a5', { frames: ['a'], cutOff: true }],
    ['reports a length over the limit', '1 a21 ', { frames: ['a'], fault: 'too-large' }],
    ['reports a length of many digits before its end', '99999999999999999999', { fault: 'too-large' }],
    ['reports a length of zero', '0 a', { fault: 'bad-length' }],
    ['reports a leading zero', '05 <1>ab', { fault: 'bad-length' }],
    ['reports a length without a blank', '5<1>ab', { fault: 'bad-length' }],
    ['reports a length that ends in a newline', '5\n<1>ab', { fault: 'bad-length' }],
    ['takes nothing after a fault', '0 a\n<1>b\n', { fault: 'bad-length' }],
  ]
  for (const [name, bytes, expected] of cases) {
    it(name, () => {
      const { cutOff, ...outcome } = split([bytesOf(bytes)])
      const { cutOff: expectedCut, ...rest } = { ...CLEAN, ...expected }
      expect(outcome).to.deep.equal(rest)
      if (!rest.fault) expect(cutOff).to.equal(expectedCut)
    })
    it(`${name}, byte by byte`, () => {
      const bytewise = Array.from(bytesOf(bytes), (byte) => Buffer.of(byte))
      expect(split(bytewise).frames).to.deep.equal(expected.frames ?? [])
      expect(split(bytewise).fault).to.equal(expected.fault)
    })
  }

  it('tells whether a frame has begun', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 20 })
    const states = ['5', ' ab', 'cde', '<', '\n'].map((chunk) => {
      splitter.push(bytesOf(chunk), () => {})
      return splitter.inFrame
    })
    expect(states).to.deep.equal([true, true, false, true, false])
  })

  it('finds the written frames again, however they are framed and cut', () => {
    const frame = fc.stringMatching(/^<[a-z<> \d]{0,19}$/)
    const stream = fc.array(fc.tuple(frame, fc.boolean()), { maxLength: 6 })
    fc.assert(
      fc.property(stream, fc.array(fc.nat(60), { maxLength: 8 }), (frames, cuts) => {
        const bytes = Buffer.concat(
          frames.map(([text, isCounted]) => (isCounted ? octetCounted : lfTerminated)(bytesOf(text))),
        )
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(split(chunks).frames).to.deep.equal(frames.map(([text]) => text))
      }),
    )
  })

  it('gives the same for any bytes however they are cut', () => {
    const bytes = fc.stringMatching(/^[0-3 <a\n\r]{0,60}$/).map(bytesOf)
    fc.assert(
      fc.property(chunked(bytes), (input) => {
        expect(split(input.chunks)).to.deep.equal(split([input.bytes]))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('octetCounted and lfTerminated', () => {
  it('count bytes, not characters', () => expect(octetCounted(Buffer.from('é')).toString()).to.equal('2 é'))
  it('end a line', () => expect(lfTerminated(Buffer.from('a')).toString()).to.equal('a\n'))
})
