import { expect } from 'chai'
import { Shelf } from '../../../src/backends/latest/shelf.ts'

describe('shelf', () => {
  const make = (): Shelf<string> => new Shelf({ maxItems: 3, maxItemsPerOwner: 2 })

  it('keeps the last value of each key', () => {
    const shelf = make()
    shelf.put('g1', 'a', { value: 'old', seenMs: 1 })
    shelf.put('g1', 'a', { value: 'new', seenMs: 2 })
    shelf.put('g2', 'a', { value: 'other', seenMs: 2 })
    expect([...shelf.values(0)]).to.deep.equal(['new', 'other'])
    expect([...shelf.values(0, 'g1')]).to.deep.equal(['new'])
    expect([...shelf.values(0, 'nobody')]).to.deep.equal([])
    expect(shelf.get('g1', 'a')).to.equal('new')
    expect(shelf.size).to.equal(2)
  })

  it('holds so many of one owner, and so many of all', () => {
    const shelf = make()
    const put = (owner: string, key: string): string => shelf.put(owner, key, { value: key, seenMs: 1 })
    expect([put('g1', 'a'), put('g1', 'b'), put('g1', 'c'), put('g2', 'a'), put('g3', 'a')]).to.deep.equal([
      'kept',
      'kept',
      'owner-full',
      'kept',
      'full',
    ])
    expect(put('g1', 'b'), 'renewed').to.equal('kept')
    expect([...shelf.owners()]).to.deep.equal(['g1', 'g2'])
  })

  it('takes off what was not renewed, and has room again', () => {
    const shelf = make()
    shelf.put('g1', 'a', { value: 'a', seenMs: 1 })
    shelf.put('g1', 'b', { value: 'b', seenMs: 5 })
    shelf.put('g2', 'c', { value: 'c', seenMs: 1 })
    expect([...shelf.values(5)]).to.deep.equal(['b'])
    shelf.expire(5)
    expect([...shelf.values(0)]).to.deep.equal(['b'])
    expect(shelf.size).to.equal(1)
    expect([...shelf.owners()]).to.deep.equal(['g1'])
  })
})
