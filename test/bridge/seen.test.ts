import { expect } from 'chai'
import { SeenIds } from '../../src/bridge/seen.ts'

describe('seen ids', () => {
  it('knows an id again until so many others came after it', () => {
    const seen = new SeenIds(3)
    const added = ['a', 'b', 'a', 'c', 'd', 'b', 'a'].map((id) => seen.add(id))
    expect(added).to.deep.equal([false, false, true, false, false, true, false])
  })
})
