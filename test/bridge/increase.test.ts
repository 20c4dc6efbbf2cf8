import { expect } from 'chai'
import { type IncreaseLimits, Increases } from '../../src/bridge/increase.ts'
import { makeMetric } from '../backends/make-metric.ts'

interface Step {
  readonly value: number
  readonly timeMs: number
  readonly startMs?: number
}

describe('increases of counters', () => {
  const limits: IncreaseLimits = { maxSeries: 100, lifeMs: 1000 }
  const run = (steps: readonly Step[]): (number | string)[] => {
    const increases = new Increases(limits)
    return steps.map((step) => {
      const result = increases.of(makeMetric({ kind: 'counter', ...step }), 0)
      return typeof result === 'string' ? result : result.value
    })
  }

  const cases: readonly [name: string, steps: readonly Step[], expected: readonly (number | string)[]][] = [
    ['sends nothing at first sight', [{ value: 100, timeMs: 1 }], ['first-sight']],
    [
      'tells what was added',
      [
        { value: 100, timeMs: 1 },
        { value: 130, timeMs: 2 },
        { value: 130, timeMs: 3 },
        { value: 131.5, timeMs: 4 },
      ],
      ['first-sight', 30, 0, 1.5],
    ],
    [
      'does not guess what was added when a value fell whose source began before: it lost its history',
      [
        { value: 100, timeMs: 10, startMs: 1 },
        { value: 40, timeMs: 20, startMs: 1 },
        { value: 45, timeMs: 30, startMs: 1 },
        { value: 3, timeMs: 40, startMs: 35 },
      ],
      ['first-sight', 'history-lost', 5, 3],
    ],
    [
      'takes a smaller value with a newer time for a new beginning',
      [
        { value: 100, timeMs: 1 },
        { value: 7, timeMs: 2 },
        { value: 9, timeMs: 3 },
      ],
      ['first-sight', 7, 2],
    ],
    [
      'never takes an old value for a new beginning',
      [
        { value: 100, timeMs: 5 },
        { value: 90, timeMs: 4 },
        { value: 100, timeMs: 5 },
        { value: 120, timeMs: 6 },
      ],
      ['first-sight', 'stale', 'stale', 20],
    ],
    [
      'sees a new beginning by its start, even when the value is larger',
      [
        { value: 100, timeMs: 10, startMs: 1 },
        { value: 150, timeMs: 20, startMs: 15 },
        { value: 160, timeMs: 30, startMs: 15 },
      ],
      ['first-sight', 150, 10],
    ],
    ['knows no negative counters', [{ value: -1, timeMs: 1 }], ['negative']],
  ]
  for (const [name, steps, expected] of cases) it(name, () => expect(run(steps)).to.deep.equal(expected))

  it('gives a counter that began at the value before', () => {
    const increases = new Increases(limits)
    increases.of(makeMetric({ kind: 'counter', value: 1, timeMs: 1, unit: 'By' }), 0)
    expect(increases.of(makeMetric({ kind: 'counter', value: 5, timeMs: 2, unit: 'By' }), 0)).to.deep.equal(
      makeMetric({ kind: 'counter', value: 4, timeMs: 2, startMs: 1, unit: 'By' }),
    )
  })

  it('keeps series apart', () => {
    const increases = new Increases(limits)
    const of = (gear: string, value: number, timeMs: number): unknown => {
      const result = increases.of(makeMetric({ kind: 'counter', value, timeMs, labels: { gear } }), 0)
      return typeof result === 'string' ? result : result.value
    }
    expect([of('a', 10, 1), of('b', 20, 1), of('a', 11, 2), of('b', 22, 2)]).to.deep.equal([
      'first-sight',
      'first-sight',
      1,
      2,
    ])
  })

  it('forgets a series that sends nothing, and the one renewed longest ago when there are too many', () => {
    const increases = new Increases({ maxSeries: 2, lifeMs: 1000 })
    const at = (gear: string, nowMs: number): unknown => {
      const result = increases.of(makeMetric({ kind: 'counter', value: nowMs, timeMs: nowMs, labels: { gear } }), nowMs)
      return typeof result === 'string' ? result : result.value
    }
    expect([at('a', 1), at('b', 2), at('a', 3), at('c', 4)]).to.deep.equal([
      'first-sight',
      'first-sight',
      2,
      'first-sight',
    ])
    expect([at('b', 5), at('c', 6)], 'b was dropped for c, then a for b').to.deep.equal(['first-sight', 2])
    expect(at('c', 1007)).to.equal('first-sight')
  })

  it('recovers from a clock that was ahead: stale values do not keep the wrong one alive', () => {
    const increases = new Increases(limits)
    const at = (timeMs: number, nowMs: number): unknown => increases.of(makeMetric({ kind: 'counter', timeMs }), nowMs)
    expect([at(1e12, 0), at(500, 500), at(1000, 1000), at(1500, 1500)]).to.deep.equal([
      'first-sight',
      'stale',
      'stale',
      'first-sight',
    ])
  })
})
