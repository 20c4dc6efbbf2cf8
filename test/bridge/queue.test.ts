import { expect } from 'chai'
import fc from 'fast-check'
import { BoundedQueue } from '../../src/bridge/queue.ts'

describe('bounded queue', () => {
  const make = (maxItems: number, maxBytes: number, dropped: string[] = []): BoundedQueue<string> =>
    new BoundedQueue({ maxItems, maxBytes }, { sizeOf: ({ length }) => length, onDrop: (item) => dropped.push(item) })

  it('gives back what it took, in order', () => {
    const queue = make(10, 100)
    for (const item of ['a', 'bb', 'ccc']) queue.push(item)
    expect([queue.length, queue.bytes]).to.deep.equal([3, 6])
    expect(queue.take(2)).to.deep.equal(['a', 'bb'])
    expect(queue.take(2)).to.deep.equal(['ccc'])
    expect(queue.take(2)).to.deep.equal([])
    expect([queue.length, queue.bytes]).to.deep.equal([0, 0])
  })

  it('drops the oldest beyond so many items or bytes', () => {
    const dropped: string[] = []
    const queue = make(3, 6, dropped)
    for (const item of ['a', 'b', 'c', 'd']) queue.push(item)
    expect(dropped).to.deep.equal(['a'])
    queue.push('eeeee')
    expect(dropped).to.deep.equal(['a', 'b', 'c'])
    expect(queue.take(9)).to.deep.equal(['d', 'eeeee'])
  })

  it('keeps a single item that is over the limit alone', () => {
    const queue = make(3, 2)
    queue.push('large')
    expect(queue.take(1)).to.deep.equal(['large'])
  })

  it('loses nothing and keeps the order, whatever is done with it', () => {
    const step = fc.oneof(fc.record({ push: fc.nat(5) }), fc.record({ take: fc.nat(5) }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const out: string[] = []
        const queue = make(4, 1000, out)
        let next = 0
        for (const action of steps) {
          if ('take' in action) out.push(...queue.take(action.take))
          else for (let count = 0; count < action.push; count += 1) queue.push(String(next++))
          expect(queue.length).to.be.at.most(4)
        }
        out.push(...queue.take(10))
        expect(out).to.deep.equal(Array.from({ length: next }, (_, index) => String(index)))
      }),
    )
  })
})
