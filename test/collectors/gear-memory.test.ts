import { expect } from 'chai'
import { createGearMemories } from '../../src/collectors/gear-memory.ts'
import { makeGear } from '../support/gear.ts'
import { makeScript } from './stage.ts'

const hourly = makeScript('/a', { intervalMs: 3_600_000 })
const START_MS = 1_700_000_000_000

describe('collectors/gear-memory', () => {
  it('forgets gears whose turn did not come for an hour', () => {
    const memories = createGearMemories()
    for (let gear = 0; gear < 500; gear += 1) memories.open(makeGear(`old-${gear}`), START_MS)
    for (let minute = 0; minute <= 60; minute += 1)
      memories.open(makeGear('kept', { scripts: [hourly] }), START_MS + minute * 60_000)
    expect(memories.size).to.equal(1)
  })

  it('keeps what it knows of a gear whose turn comes', () => {
    const memories = createGearMemories()
    const gear = makeGear('aa11', { scripts: [hourly] })
    memories.open(gear, START_MS).ran(hourly)
    for (let minute = 1; minute < 60; minute += 1) {
      expect(memories.open(gear, START_MS + minute * 60_000).isDue(hourly), `minute ${minute}`).to.equal(
        minute * 60 >= 3595,
      )
    }
    expect(memories.open(gear, START_MS + 3_600_000).isDue(hourly)).to.equal(true)
  })

  it('forgets a script that the gear has no more', () => {
    const memories = createGearMemories()
    const gear = makeGear('aa11', { scripts: [hourly] })
    memories.open(gear, START_MS).ran(hourly)
    memories.open(makeGear('aa11'), START_MS + 1000)
    expect(memories.open(gear, START_MS + 2000).isDue(hourly)).to.equal(true)
  })

  it('tells scripts of one path apart by their arguments', () => {
    const memories = createGearMemories()
    const other = { ...hourly, args: ['other'] }
    const gear = makeGear('aa11', { scripts: [hourly, other] })
    memories.open(gear, START_MS).ran(hourly)
    const memory = memories.open(gear, START_MS + 60_000)
    expect([memory.isDue(hourly), memory.isDue(other)]).to.deep.equal([false, true])
  })

  it('runs everything when the clock was set back', () => {
    const memories = createGearMemories()
    const gear = makeGear('aa11', { scripts: [hourly] })
    memories.open(gear, START_MS).ran(hourly)
    expect(memories.open(gear, START_MS - 86_400_000).isDue(hourly)).to.equal(true)
  })
})
