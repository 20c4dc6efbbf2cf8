import { expect } from 'chai'
import { scriptStates } from '../../src/collectors/script-states.ts'
import { makeGear } from '../support/gear.ts'
import { type Act, makeCollector, makeScript } from './stage.ts'

describe('collectors/script-states', () => {
  const gear = makeGear('aa11', {
    scripts: [makeScript('/a'), makeScript('/b', { intervalMs: 300_000 }), makeScript('/m', { kind: 'hook' })],
  })
  const afterRounds = async (rounds: number) => {
    const failing: Act = { outcome: 'failed', exitCode: 3, stderrTail: 'no such table\n', durationMs: 7 }
    const stage = makeCollector({ '/a': failing })
    const startMs = stage.clock.now()
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) await stage.clock.advance(60_000)
      await stage.collect([gear])
    }
    return { ...stage, startMs }
  }

  it('tell of each script how it stands, and when it is due again', async () => {
    const { memories, startMs, clock } = await afterRounds(5)
    const nowMs = clock.now()
    const [a, b, hook] = scriptStates(memories, 60_000)
    // run in rounds 1, 2, 3 and 5, as one was left out after the third
    expect(a).to.deep.equal({
      gear: 'aa11',
      kind: 'cartridge',
      cart: 'a',
      path: '/a',
      args: [],
      failures: 4,
      roundsLeft: 2,
      dueMs: nowMs + 3 * 60_000,
      last: { result: 'failed', exitCode: 3, durationMs: 7, endedMs: nowMs, stderr: 'no such table' },
    })
    expect(b).to.deep.include({ failures: 0, dueMs: startMs + 300_000 })
    expect(hook).to.deep.include({ kind: 'hook', dueMs: nowMs + 60_000 })
    expect(hook).not.to.have.property('cart')
  })

  it('do not guess when rounds follow a cron expression', async () => {
    const { memories } = await afterRounds(1)
    for (const state of scriptStates(memories, undefined)) expect(state).not.to.have.property('dueMs')
  })
})
