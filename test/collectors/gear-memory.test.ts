import { expect } from 'chai'
import { createGearMemories } from '../../src/collectors/gear-memory.ts'
import { makeGear } from '../support/gear.ts'
import { makeScript } from './stage.ts'

const script = makeScript('/a')
const START_MS = 1_700_000_000_000

describe('collectors/gear-memory', () => {
  it('forgets gears whose turn did not come for an hour', () => {
    const memories = createGearMemories()
    for (let gear = 0; gear < 500; gear += 1) memories.open(makeGear(`old-${gear}`), START_MS)
    for (let minute = 0; minute <= 60; minute += 1)
      memories.open(makeGear('kept', { scripts: [script] }), START_MS + minute * 60_000)
    expect(memories.size).to.equal(1)
  })

  it('keeps what it knows of a gear whose turn comes, its scripts and its series', () => {
    const memories = createGearMemories()
    const first = memories.open(makeGear('aa11', { scripts: [script] }), START_MS)
    const again = memories.open(makeGear('aa11', { scripts: [{ ...script }] }), START_MS + 60_000)
    expect(again.script(script)).to.equal(first.script(script))
    expect(again.series).to.equal(first.series)
    expect(memories.open(makeGear('bb22', { scripts: [script] }), START_MS).script(script)).not.to.equal(
      first.script(script),
    )
  })

  it('forgets a script that the gear has no more', () => {
    const memories = createGearMemories()
    const gear = makeGear('aa11', { scripts: [script] })
    const before = memories.open(gear, START_MS).script(script)
    memories.open(makeGear('aa11'), START_MS + 1000)
    expect(memories.open(gear, START_MS + 2000).script(script)).not.to.equal(before)
  })

  it('tells scripts of one path apart by their arguments', () => {
    const other = { ...script, args: ['other'] }
    const memory = createGearMemories().open(makeGear('aa11', { scripts: [script, other] }), START_MS)
    expect(memory.script(script)).not.to.equal(memory.script(other))
  })

  it('shows every script as it was seen last, without its environment', () => {
    const memories = createGearMemories()
    const hook = makeScript('/h', { kind: 'hook', environment: new Map([['PASSWORD', 'secret']]) })
    memories.open(makeGear('aa11', { scripts: [{ ...script, intervalMs: 300_000 }, hook] }), START_MS)
    expect([...memories.scripts()].map((script) => ({ ...script, memory: undefined }))).to.deep.equal([
      {
        gear: 'aa11',
        seenMs: START_MS,
        kind: 'cartridge',
        cart: 'a',
        path: '/a',
        args: [],
        intervalMs: 300_000,
        memory: undefined,
      },
      { gear: 'aa11', seenMs: START_MS, kind: 'hook', path: '/h', args: [], memory: undefined },
    ])
  })
})
