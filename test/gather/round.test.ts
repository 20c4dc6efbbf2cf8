import { expect } from 'chai'
import type { Collector } from '../../src/collectors/collector.ts'
import { offsetOf } from '../../src/gather/offset.ts'
import { type RoundParts, runRound } from '../../src/gather/round.ts'
import { silentLogger } from '../../src/logger.ts'
import type { Gear } from '../../src/node/gear.ts'
import type { Signal } from '../../src/signal.ts'
import { ManualClock, settle } from '../support/clock.ts'
import { makeGear } from '../support/gear.ts'

const never = new AbortController().signal

/** Notes which gears it was called with, and when. */
const noting = (scope: Collector['scope'], clock: ManualClock) => {
  const calls: { readonly gears: string[]; readonly atMs: number }[] = []
  const collector: Collector = {
    name: `noting-${scope}`,
    scope,
    collect: async (gears) => {
      calls.push({ gears: gears.map(({ id }) => id), atMs: clock.now() })
    },
  }
  return { collector, calls }
}

const partsOf = (gears: readonly Gear[], collectors: readonly Collector[], clock: ManualClock) => {
  const emitted: Signal[] = []
  const parts: RoundParts = {
    listGears: async () => ({ gears, problems: [] }),
    collectors,
    emit: (signals) => void emitted.push(...signals),
    clock,
    logger: silentLogger,
    nodeLabels: new Map([['node', 'n1']]),
  }
  return { parts, emitted }
}

describe('gather/round', () => {
  it('measures the node at once and each gear at its own offset', async () => {
    const clock = new ManualClock()
    const startMs = clock.now()
    const ofNode = noting('node', clock)
    const ofGears = noting('gear', clock)
    const ids = ['a', 'b', 'c', 'd']
    const { parts } = partsOf(
      ids.map((id) => makeGear(id)),
      [ofNode.collector, ofGears.collector],
      clock,
    )
    const round = runRound(parts, 10_000, never)
    await settle()
    expect(ofNode.calls).to.deep.equal([{ gears: ids, atMs: startMs }])
    await clock.advance(10_000)
    await round
    const byTime = [...ids].sort((x, y) => offsetOf(x, 10_000) - offsetOf(y, 10_000))
    expect(ofGears.calls).to.deep.equal(byTime.map((id) => ({ gears: [id], atMs: startMs + offsetOf(id, 10_000) })))
  })

  it('ignores offsets when there is no spread', async () => {
    const clock = new ManualClock()
    const ofGears = noting('gear', clock)
    const { parts } = partsOf([makeGear('a'), makeGear('b')], [ofGears.collector], clock)
    const report = await runRound(parts, 0, never)
    expect(report).to.deep.include({ durationMs: 0, gears: ['a', 'b'], broken: [] })
    expect(ofGears.calls.map(({ gears }) => gears)).to.deep.equal([['a'], ['b']])
  })

  it('keeps the others going when one collector breaks, and names it once', async () => {
    const clock = new ManualClock()
    const ofGears = noting('gear', clock)
    const broken: Collector = {
      name: 'broken',
      scope: 'gear',
      collect: () => Promise.reject(new Error('no such device')),
    }
    const errors: string[] = []
    const { parts } = partsOf([makeGear('a'), makeGear('b')], [broken, ofGears.collector], clock)
    const logger = { ...silentLogger, error: (message: string) => void errors.push(message) }
    const report = await runRound({ ...parts, logger }, 0, never)
    expect(report.broken).to.deep.equal(['broken'])
    expect(errors).to.deep.equal(['collector broken: no such device'])
    expect(ofGears.calls).to.have.length(2)
  })

  it('tells of each collector how long it took, over all its calls, and how much it emitted', async () => {
    const clock = new ManualClock()
    const slow = (name: string, scope: Collector['scope'], ms: number): Collector => ({
      name,
      scope,
      collect: async (gears, emit) => {
        emit(gears.map((gear) => ({ type: 'event', gear: gear.id })) as never)
        await clock.sleep(ms, never)
      },
    })
    const { parts, emitted } = partsOf(
      [makeGear('a'), makeGear('b')],
      [slow('ofNode', 'node', 100), slow('ofGears', 'gear', 300)],
      clock,
    )
    const round = runRound(parts, 0, never)
    await settle()
    await clock.advance(1000)
    const { collectors } = await round
    expect([...collectors].map(([name, { durationMs, signals }]) => [name, durationMs, signals])).to.deep.equal([
      ['ofNode', 100, 2],
      ['ofGears', 600, 2],
    ])
    expect(emitted).to.have.length(4)
  })

  it('begins no gear after it was told to stop', async () => {
    const clock = new ManualClock()
    const ofGears = noting('gear', clock)
    const { parts } = partsOf(
      ['a', 'b', 'c'].map((id) => makeGear(id)),
      [ofGears.collector],
      clock,
    )
    const abort = new AbortController()
    const round = runRound(parts, 10_000, abort.signal)
    await settle()
    abort.abort()
    await round
    expect(ofGears.calls).to.deep.equal([])
    expect(clock.sleeping).to.equal(0)
  })

  it('tells what the sources could not read as events of the node', async () => {
    const clock = new ManualClock()
    const { parts, emitted } = partsOf([], [], clock)
    const problem = { place: 'gears.d/x.yml', expected: 'a map', got: '[]', reason: 'manifest-invalid' } as const
    await runRound({ ...parts, listGears: async () => ({ gears: [], problems: [problem] }) }, 0, never)
    expect(emitted).to.deep.equal([
      {
        type: 'event',
        reason: 'gear-unreadable',
        message: 'gears.d/x.yml: expected a map, got []',
        timeMs: clock.now(),
        labels: new Map([['node', 'n1']]),
        details: new Map([['problem', 'manifest-invalid']]),
      },
    ])
  })
})
