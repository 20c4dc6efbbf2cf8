import { expect } from 'chai'
import { packMetrics } from '../../src/message/pack.ts'
import { metric } from './signals.ts'

const CGROUP = [
  metric('cpu.shares', 128),
  metric('cpu.stat.nr_periods', 10),
  metric('cpu.stat.nr_throttled', 2),
  metric('cpu.stat.throttled_time', 99),
  metric('cpuacct.usage_percpu.0', 5),
  metric('cpuacct.usage_percpu.1', 7),
  metric('memory.usage_in_bytes', 4096),
]

const counts = (metrics: typeof CGROUP, maxPairBytes: number, roomBytes = 8000, withData = false): number[] =>
  packMetrics(metrics, { maxPairBytes, roomBytes, withData }).packs.map((pack) => pack.length)

describe('packMetrics', () => {
  const limits: readonly (readonly [number, readonly number[]])[] = [
    [1024, [7]],
    [89, [4, 3]],
    [88, [3, 3, 1]],
    [62, [3, 2, 2]],
    [61, [2, 2, 2, 1]],
    [1, [1, 1, 1, 1, 1, 1, 1]],
  ]
  for (const [limit, expected] of limits) {
    it(`cuts the metrics of a cgroup at ${limit} bytes into ${expected.join(' + ')}`, () => {
      expect(counts(CGROUP, limit)).to.deep.equal(expected)
    })
  }

  it('keeps the order', () => {
    expect(packMetrics(CGROUP, { maxPairBytes: 62, roomBytes: 8000, withData: true }).packs.flat()).to.deep.equal(
      CGROUP,
    )
  })

  it('makes no empty pack', () => expect(counts([], 62)).to.deep.equal([]))

  it('begins a new pack with a repeated name', () => {
    const metrics = ['a', 'b', 'a', 'c', 'c'].map((name) => metric(name, 1))
    expect(counts(metrics, 1024)).to.deep.equal([2, 2, 1])
    const again = ['a', 'b', 'a', 'b'].map((name) => metric(name, 1))
    expect(counts(again, 1024)).to.deep.equal([2, 2])
  })

  it('cuts where the frame has no more room', () => {
    const metrics = ['a', 'b', 'c'].map((name) => metric(name, 1))
    expect(counts(metrics, 1024, 8)).to.deep.equal([2, 1])
    expect(counts(metrics, 1024, 7)).to.deep.equal([1, 1, 1])
    expect(counts(metrics, 1024, 10, true), 'with a letter for each kind').to.deep.equal([2, 1])
    expect(counts(metrics, 1024, 9, true)).to.deep.equal([1, 1, 1])
  })

  it('leaves out and counts what has no room even alone, and nothing else', () => {
    const metrics = [metric('a', 1), metric('a.long.name', 1), metric('b', 1)]
    expect(packMetrics(metrics, { maxPairBytes: 1024, roomBytes: 8, withData: false })).to.deep.equal({
      packs: [[metrics[0], metrics[2]]],
      tooLarge: 1,
    })
  })
})
