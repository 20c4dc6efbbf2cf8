import { expect } from 'chai'
import { classicMetrics } from '../../../src/collectors/cgroup/classic.ts'
import type { Group } from '../../../src/collectors/cgroup/group.ts'
import { encodeFrames } from '../../../src/message/frame.ts'
import type { Metric } from '../../../src/metric.ts'
import { OPTIONS } from '../../message/signals.ts'
import { describeMetric, groupOf, type Tree } from './stage.ts'

const WHOSE = { collector: 'cgroup', timeMs: 1_700_000_000_000, labels: new Map([['gear', 'aa11']]) }

const classic = (group: Group, ...keys: string[]): readonly Metric[] => classicMetrics(group, keys, WHOSE)
const brief = (tree: Tree, ...keys: string[]): readonly string[] => classic(groupOf(tree), ...keys).map(describeMetric)
const namesOf = (metrics: readonly Metric[]): readonly string[] => metrics.map(({ name }) => name)

describe('classicMetrics', () => {
  it('tells whole files in the order of the keys, with kinds and units', () => {
    expect(classic(groupOf('v1'), 'memory.usage_in_bytes', 'cpu.stat').slice(0, 3)).to.deep.equal([
      { type: 'metric', name: 'memory.usage_in_bytes', value: 19357696, kind: 'gauge', unit: 'By', ...WHOSE },
      { type: 'metric', name: 'cpu.stat.nr_periods', value: 26, kind: 'counter', ...WHOSE },
      { type: 'metric', name: 'cpu.stat.nr_throttled', value: 25, kind: 'counter', ...WHOSE },
    ])
  })

  it('leaves out what is not there', () => {
    expect(brief('v1', 'memory.current', 'nonsense.file', 'cpu.shares')).to.deep.equal(['cpu.shares=1024'])
    expect(classic(groupOf('v1', '/openshift/none'), 'all')).to.deep.equal([])
  })

  it('finds files of v2 by their own names', () => {
    expect(brief('v2', 'memory.current', 'cpu.max')).to.deep.equal([
      'memory.current=19357696',
      'cpu.max.quota=50000',
      'cpu.max.period=100000',
    ])
  })

  it('takes v1 where both trees have a file, v2 for what only that has', () => {
    expect(namesOf(classic(groupOf('hybrid'), 'cpu.stat'))).to.include('cpu.stat.throttled_time')
    expect(brief('hybrid', 'io.pressure')).to.include('io.pressure.some.total=981')
  })

  it('tells each file once', () => {
    expect(brief('rhel6', 'cpu.shares', 'cpu.shares')).to.deep.equal(['cpu.shares=128'])
    const names = namesOf(classic(groupOf('hybrid'), 'cpu.stat', 'all'))
    expect(names[0]).to.equal('cpu.stat.nr_periods')
    expect(names.filter((name) => name === 'cpu.stat.nr_periods')).to.have.length(1)
  })

  it('tells all files for the key all, but not what every group has', () => {
    expect(brief('rhel6', 'all')).to.deep.equal([
      'cpu.shares=128',
      'cpu.stat.nr_periods=10',
      'cpu.stat.nr_throttled=2',
      'cpu.stat.throttled_time=99',
      'cpuacct.usage=12000000000',
      'cpuacct.usage_percpu.0=5',
      'cpuacct.usage_percpu.1=7',
      'memory.limit_in_bytes=9223372036854776000',
      'memory.oom_control.oom_kill_disable=1',
      'memory.oom_control.under_oom=0',
      'memory.usage_in_bytes=4096',
    ])
    const names = namesOf(classic(groupOf('v1'), 'all'))
    expect(names).to.include.members(['memory.stat.total_rss', 'pids.current', 'cpu.stat.local.throttled_time'])
    expect(names.filter((name) => /^(tasks|cgroup)/.test(name))).to.deep.equal([])
  })

  it('gives block I/O labels of device and operation, besides those of the gear', () => {
    const [first] = classic(groupOf('v1'), 'blkio.throttle.io_service_bytes')
    expect(first).to.include({ value: 4096, kind: 'counter', unit: 'By' })
    expect([...first!.labels]).to.deep.equal([
      ['gear', 'aa11'],
      ['device', '8:0'],
      ['operation', 'read'],
    ])
  })
})

/** Input G of the original's tests as cgget(1) printed it, taken apart into files. */
const G: Readonly<Record<string, string>> = {
  'cpu.shares': '128\n',
  'cpu.stat': 'nr_periods 10\nnr_throttled 2\nthrottled_time 99\n',
  'cpuacct.usage_percpu': '5 7\n',
  'memory.usage_in_bytes': '4096\n',
}
const groupG: Group = { v1: (file) => G[file], v2: () => undefined, files: () => Object.keys(G) }
const PAIRS_OF_G = [
  'cpu.shares=128',
  'cpu.stat.nr_periods=10',
  'cpu.stat.nr_throttled=2',
  'cpu.stat.throttled_time=99',
  'cpuacct.usage_percpu.0=5',
  'cpuacct.usage_percpu.1=7',
  'memory.usage_in_bytes=4096',
]

describe('classicMetrics in messages', () => {
  const messagesOf = (maxPairBytes: number): readonly (readonly string[])[] =>
    encodeFrames(classic(groupG, 'all'), { ...OPTIONS, metadataKeys: [], maxPairBytes }).frames.map(({ text }) =>
      text.replace('type=metric ', '').split(' '),
    )

  const limits: readonly (readonly [number, readonly number[]])[] = [
    [1024, [7]],
    [89, [4, 3]],
    [88, [3, 3, 1]],
    [62, [3, 2, 2]],
    [61, [2, 2, 2, 1]],
  ]
  for (const [limit, counts] of limits) {
    it(`fit into ${counts.join(' + ')} at ${limit} bytes, as in the original`, () => {
      const messages = messagesOf(limit)
      expect(messages.flat()).to.deep.equal(PAIRS_OF_G)
      expect(messages.map(({ length }) => length)).to.deep.equal(counts)
    })
  }
})
