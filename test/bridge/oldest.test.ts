import { expect } from 'chai'
import { keepNewest } from '../../src/bridge/oldest.ts'

describe('keeping the newest', () => {
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index))

  it('leaves alone what is within the limit', () => {
    const items = new Set(numbers(32))
    keepNewest(items, 32)
    expect(items.size).to.equal(32)
  })

  it('drops a sixteenth at once, the oldest', () => {
    const items = new Map(numbers(33).map((key) => [key, key]))
    keepNewest(items, 32)
    expect([...items.keys()]).to.deep.equal(numbers(33).slice(2))
  })

  it('drops as many as there are too many', () => {
    const items = new Set(numbers(10))
    keepNewest(items, 3)
    expect([...items]).to.deep.equal(['7', '8', '9'])
  })
})
