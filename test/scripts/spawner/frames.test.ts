import { expect } from 'chai'
import fc from 'fast-check'
import {
  encodeFrame,
  FRAME,
  type FrameKind,
  frameReader,
  MAX_CONTENT_BYTES,
} from '../../../src/scripts/spawner/frames.ts'

interface Seen {
  readonly kind: FrameKind
  readonly run: number
  readonly content: Buffer
}

const readAll = (chunks: readonly Buffer[]): readonly Seen[] => {
  const seen: Seen[] = []
  const read = frameReader(({ content, ...frame }) => void seen.push({ ...frame, content: Buffer.from(content) }))
  for (const chunk of chunks) read(chunk)
  return seen
}

const frames = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.values(FRAME)),
    run: fc.nat(0xffffffff),
    content: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 8 },
)

describe('scripts/spawner/frames', () => {
  it('come back as they were sent, however the bytes are cut', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 30 }), (sent, size) => {
        const bytes = Buffer.concat(sent.map(({ kind, run, content }) => encodeFrame(kind, run, content)))
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        )
        expect(readAll(pieces)).to.deep.equal(sent)
      }),
    )
  })

  it('keep text that looks like frames as content', () => {
    const nested = encodeFrame(FRAME.done, 7, encodeFrame(FRAME.done, 8, 'x'))
    expect(readAll([nested])).to.deep.equal([{ kind: FRAME.done, run: 7, content: encodeFrame(FRAME.done, 8, 'x') }])
  })

  it('count bytes, not letters', () => {
    expect(readAll([encodeFrame(FRAME.run, 1, '€ä')])[0]!.content.toString()).to.equal('€ä')
  })

  it('of an unknown kind, or longer than any can be, end the reading', () => {
    const unknown = encodeFrame(FRAME.run, 1)
    unknown.writeUInt8(99, 4)
    const long = encodeFrame(FRAME.run, 1)
    long.writeUInt32LE(MAX_CONTENT_BYTES + 1, 0)
    for (const bytes of [unknown, long]) expect(() => readAll([bytes])).to.throw(/no frame/)
  })
})
