import { expect } from 'chai'
import fc from 'fast-check'
import { type Outgoing, RelayBuffer } from '../../src/relay/buffer.ts'

const message = (bytes: number, gear = 'g'): Outgoing => ({ bytes: Buffer.alloc(bytes), gear, count: 1 })

describe('relay/buffer', () => {
  it('hands out the oldest first, as many as fit, and always at least one', () => {
    const buffer = new RelayBuffer(1000, () => {})
    for (const [bytes, gear] of [
      [60, 'a'],
      [30, 'b'],
      [20, 'c'],
      [200, 'd'],
    ] as const)
      buffer.push(message(bytes, gear))
    expect(buffer.take(100).map(({ gear }) => gear)).to.deep.equal(['a', 'b'])
    expect(buffer.take(100).map(({ gear }) => gear)).to.deep.equal(['c'])
    expect(buffer.take(100).map(({ gear }) => gear)).to.deep.equal(['d'])
    expect(buffer.take(100)).to.deep.equal([])
  })

  it('drops the oldest beyond its limit and tells which', () => {
    const dropped: string[] = []
    const buffer = new RelayBuffer(100, ({ gear }) => dropped.push(gear))
    for (const gear of ['a', 'b', 'c']) buffer.push(message(40, gear))
    expect(dropped).to.deep.equal(['a'])
    expect(buffer.bytes).to.equal(80)
  })

  it('neither loses, doubles nor reorders, whatever is pushed and taken', () => {
    const steps = fc.array(
      fc.oneof(
        fc.nat(50).map((size) => ({ push: size })),
        fc.nat(200).map((max) => ({ take: max })),
      ),
      { maxLength: 300 },
    )
    fc.assert(
      fc.property(steps, (list) => {
        const seen: number[] = []
        let pushed = 0
        const note = ({ count }: Outgoing) => void seen.push(count)
        const buffer = new RelayBuffer(500, note)
        for (const step of list) {
          if ('push' in step) buffer.push({ bytes: Buffer.alloc(step.push), gear: '', count: pushed++ })
          else buffer.take(step.take).forEach(note)
        }
        buffer.take(Number.MAX_SAFE_INTEGER).forEach(note)
        expect(seen).to.deep.equal(Array.from({ length: pushed }, (_, at) => at))
        expect(buffer.bytes).to.equal(0)
      }),
    )
  })
})
