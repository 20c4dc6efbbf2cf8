import { expect } from 'chai'
import { createProcessMemories } from '../../../src/collectors/process/memories.ts'

const HOUR_MS = 3_600_000

describe('collectors/process/memories', () => {
  it('keeps what it knows of a gear', () => {
    const memories = createProcessMemories()
    expect(memories.find('aa')).to.equal(undefined)
    const memory = memories.open('aa')
    memories.retain(new Set(['aa']), 10 * HOUR_MS)
    expect(memories.find('aa')).to.equal(memory)
    expect(memories.open('aa')).to.equal(memory)
  })

  it('keeps a gear that is missing for a while', () => {
    const memories = createProcessMemories()
    const memory = memories.open('aa')
    memories.retain(new Set(), 0)
    memories.retain(new Set(['aa']), HOUR_MS - 1)
    memories.retain(new Set(), HOUR_MS)
    memories.retain(new Set(), 2 * HOUR_MS - 1)
    expect(memories.find('aa')).to.equal(memory)
  })

  it('forgets a gear that has been gone for an hour', () => {
    const memories = createProcessMemories()
    for (let gear = 0; gear < 500; gear += 1) memories.open(`gear-${gear}`)
    memories.retain(new Set(['gear-7']), 0)
    memories.retain(new Set(['gear-7']), HOUR_MS)
    expect(memories.size).to.equal(1)
  })
})
