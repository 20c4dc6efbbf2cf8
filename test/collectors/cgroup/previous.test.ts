import { expect } from 'chai'
import { createPrevious } from '../../../src/collectors/cgroup/previous.ts'

describe('cgroup/previous', () => {
  it('gives back what was there, by gear', () => {
    const previous = createPrevious()
    const [first, second] = [{ timeMs: 1 }, { timeMs: 2 }]
    expect(previous.replace('a', first)).to.equal(undefined)
    expect(previous.replace('b', second)).to.equal(undefined)
    expect(previous.replace('a', second)).to.equal(first)
    expect(previous.replace('a', first)).to.equal(second)
  })

  it('forgets gears that were not measured for an hour, and their last number', () => {
    const previous = createPrevious()
    previous.replace('a', { timeMs: 0 })
    previous.replace('b', { timeMs: 1000 })
    previous.replace('a', { timeMs: 2000 })
    previous.replace('c', { timeMs: 3_601_000 })
    expect(previous.size).to.equal(2)
    expect(previous.replace('b', { timeMs: 3_601_001 })).to.equal(undefined)
    expect(previous.replace('a', { timeMs: 9_999_999 })).to.equal(undefined)
  })
})
