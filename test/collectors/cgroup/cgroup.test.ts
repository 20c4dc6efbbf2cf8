import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import type { Metric } from '../../../src/metric.ts'
import { makeGear } from '../../support/gear.ts'
import { useTempDir } from '../../support/temp.ts'
import { describeMetric, makeCollector, mountInfoOf, numberOf, type Tree, writeProc } from './stage.ts'

const GEAR = makeGear('aa11', { cgroup: '/openshift/aa11' })

const CPU_AND_MEMORY = [
  'container.cpu.limit=0.5',
  'container.cpu.throttling.periods=26',
  'container.cpu.throttling.throttled_periods=25',
]
const MEMORY = [
  'container.memory.usage=19357696',
  'container.memory.limit=536870912',
  `container.memory.utilization=${19357696 / 536870912}`,
  `container.memory.working_set=${19357696 - 18370560}`,
  `container.memory.available=${536870912 - 19357696 + 18370560}`,
  'container.memory.rss=217088',
  'container.memory.peak=21291008',
]
const PROCESSES = ['container.process.count=2', 'container.process.limit=250', 'container.process.utilization=0.008']
const PRESSURE = [
  'container.pressure.cpu.some.avg10=0.0797',
  'container.pressure.cpu.some.time=1.199613',
  'container.pressure.cpu.full.avg10=0.0797',
  'container.pressure.cpu.full.time=1.199589',
  'container.pressure.io.some.avg10=0',
  'container.pressure.io.some.time=0.000981',
  'container.pressure.io.full.avg10=0',
  'container.pressure.io.full.time=0.000981',
  'container.pressure.memory.some.avg10=0',
  'container.pressure.memory.some.time=0',
  'container.pressure.memory.full.avg10=0',
  'container.pressure.memory.full.time=0',
]
const disk = (name: string, values: readonly (readonly [string, string, number])[]): readonly string[] =>
  values.map(([device, direction, value]) => `${name}{device=${device},direction=${direction}}=${value}`)
const DISK = [
  ...disk('container.disk.io', [
    ['8:0', 'read', 4096],
    ['8:0', 'write', 8192],
    ['8:16', 'read', 100],
    ['8:16', 'write', 0],
  ]),
  ...disk('container.disk.operations', [
    ['8:0', 'read', 1],
    ['8:0', 'write', 2],
    ['8:16', 'read', 1],
    ['8:16', 'write', 0],
  ]),
]

/** What the fixtures say, by tree. */
const EXPECTED: Readonly<Record<Tree, readonly string[]>> = {
  v1: [
    'container.cpu.time=1.301790794',
    ...CPU_AND_MEMORY,
    'container.cpu.throttling.throttled_time=1.232906629',
    ...MEMORY,
    'container.memory.oom_kills=0',
    ...PROCESSES,
    ...DISK,
  ],
  hybrid: [
    'container.cpu.time=1.301790794',
    ...CPU_AND_MEMORY,
    'container.cpu.throttling.throttled_time=1.232906629',
    ...MEMORY,
    'container.memory.oom_kills=0',
    ...PROCESSES,
    ...PRESSURE,
    ...DISK,
  ],
  v2: [
    'container.cpu.time=1.352261',
    ...CPU_AND_MEMORY,
    'container.cpu.throttling.throttled_time=1.232906',
    ...MEMORY,
    'container.memory.oom_kills=1',
    ...PROCESSES,
    ...PRESSURE,
    ...DISK,
  ],
  rhel6: [
    'container.cpu.time=12',
    'container.cpu.throttling.periods=10',
    'container.cpu.throttling.throttled_periods=2',
    'container.cpu.throttling.throttled_time=9.9e-8',
    'container.memory.usage=4096',
  ],
}

describe('collectors/cgroup', () => {
  const temp = useTempDir()
  const collectorFor = (tree: Tree, settings = {}) => makeCollector(writeProc(temp(), mountInfoOf(tree)), settings)

  for (const [tree, expected] of Object.entries(EXPECTED) as [Tree, readonly string[]][]) {
    it(`measures a gear on ${tree}, all of it in one call`, async () => {
      const emitted = await collectorFor(tree).collect([GEAR])
      expect(emitted).to.have.length(1)
      // v2 tells bytes and operations of a device together, v1 in two files
      expect(emitted[0]!.map(describeMetric).sort()).to.deep.equal(expected.toSorted())
    })
  }

  it('says what each metric is, when and whose', async () => {
    const { collect, clock } = collectorFor('v2')
    const [signals = []] = await collect([GEAR])
    const metrics = new Map((signals as readonly Metric[]).map((metric) => [metric.name, metric]))
    expect(metrics.get('container.cpu.time')).to.deep.equal({
      type: 'metric',
      name: 'container.cpu.time',
      value: 1.352261,
      kind: 'counter',
      unit: 's',
      timeMs: clock.now(),
      collector: 'cgroup',
      labels: GEAR.labels,
    })
    expect(metrics.get('container.memory.usage')).to.include({ kind: 'gauge', unit: 'By' })
    expect(metrics.get('container.memory.oom_kills')).to.include({ kind: 'counter', unit: '{kill}' })
    expect(metrics.get('container.process.count')).to.include({ kind: 'gauge', unit: '{process}' })
    expect(metrics.get('container.pressure.io.some.avg10')).to.include({ kind: 'gauge', unit: '1' })
    expect(metrics.get('container.pressure.io.some.time')).to.include({ kind: 'counter', unit: 's' })
    const disk = metrics.get('container.disk.io')
    expect(disk).to.include({ kind: 'counter', unit: 'By' })
    expect([...disk!.labels]).to.deep.equal([...GEAR.labels, ['device', '8:16'], ['direction', 'write']])
  })

  it('tells classic names before the normalised ones, or instead of them', async () => {
    const both = await collectorFor('v1', { classicKeys: ['cpu.shares'] }).collect([GEAR])
    expect(both[0]!.slice(0, 2).map(describeMetric)).to.deep.equal([
      'cpu.shares=1024',
      'container.cpu.time=1.301790794',
    ])
    const classic = await collectorFor('v1', { classicKeys: ['cpu.shares'], normalised: false }).collect([GEAR])
    expect(classic.flat().map(describeMetric)).to.deep.equal(['cpu.shares=1024'])
  })

  it('yields nothing where there is nothing: no group, no group path, a gear at rest, switched off', async () => {
    const { collect } = collectorFor('v1', { classicKeys: ['all'] })
    expect(await collect([makeGear('bb22', { cgroup: '/openshift/bb22' })])).to.deep.equal([])
    expect(await collect([makeGear('aa11')])).to.deep.equal([])
    expect(await collect([{ ...GEAR, resting: 'stopped' }])).to.deep.equal([])
    expect(await collectorFor('v1', { enabled: false }).collect([GEAR])).to.deep.equal([])
  })

  it('yields nothing on a node without cgroups', async () => {
    const { collect } = makeCollector(writeProc(temp(), '27 1 8:1 / / rw - ext4 /dev/sda1 rw\n'))
    expect(await collect([GEAR])).to.deep.equal([])
  })

  it('measures the other gears when one has nothing, each in a call of its own', async () => {
    const gears = [makeGear('bb22', { cgroup: '/openshift/bb22' }), GEAR, { ...GEAR, id: 'cc33' }]
    expect(await collectorFor('v2').collect(gears)).to.have.length(2)
  })

  it('begins no gear after the abort', async () => {
    expect(await collectorFor('v2').collect([GEAR], AbortSignal.abort())).to.deep.equal([])
  })

  it('lets others have their turn between two gears', async () => {
    const { collect } = collectorFor('v2')
    let turns = 0
    let going = true
    const count = (): void => {
      turns += 1
      if (going) setImmediate(count)
    }
    setImmediate(count)
    await collect(Array.from({ length: 20 }, (_, at) => ({ ...GEAR, id: `g${at}` })))
    going = false
    expect(turns).to.be.at.least(20)
  })

  it('looks for hierarchies again after a while', async () => {
    const { collect, clock } = collectorFor('v2')
    await collect([GEAR])
    writeProc(temp(), '')
    expect(await collect([GEAR])).to.have.length(1)
    await clock.advance(10_000)
    expect(await collect([GEAR])).to.deep.equal([])
  })
})

describe('collectors/cgroup: over time', () => {
  const temp = useTempDir()
  const copyOf = (tree: 'v2') => {
    cpSync(resolve('test/fixtures/cgroup', tree), join(temp(), 'tree'), { recursive: true })
    const mountInfo = `31 23 0:28 / ${join(temp(), 'tree')} rw - cgroup2 cgroup2 rw\n`
    const group = join(temp(), 'tree/openshift/aa11')
    const setCpu = (usec: number): void => writeFileSync(join(group, 'cpu.stat'), `usage_usec ${usec}\n`)
    return { ...makeCollector(writeProc(temp(), mountInfo)), group, setCpu }
  }

  it('tells from the second time on how many CPUs were used, and of how many that may be', async () => {
    const { collect, clock, setCpu } = copyOf('v2')
    setCpu(1_000_000)
    expect(numberOf((await collect([GEAR]))[0]!, 'container.cpu.usage')).to.equal(undefined)
    await clock.advance(10_000)
    setCpu(3_500_000)
    const [signals = []] = await collect([GEAR])
    expect(numberOf(signals, 'container.cpu.usage')).to.equal(0.25)
    expect(numberOf(signals, 'container.cpu.utilization')).to.equal(0.5)
    expect(numberOf(signals, 'container.cpu.time')).to.equal(3.5)
  })

  it('tells no usage when the group was made anew or no time has passed, but goes on from there', async () => {
    const { collect, clock, setCpu } = copyOf('v2')
    const usage = async (): Promise<number | undefined> => numberOf((await collect([GEAR]))[0]!, 'container.cpu.usage')
    setCpu(5_000_000)
    await usage()
    expect(await usage()).to.equal(undefined)
    await clock.advance(1000)
    setCpu(1_000_000)
    expect(await usage()).to.equal(undefined)
    await clock.advance(1000)
    expect(await usage()).to.equal(0)
  })

  it('tells no limit, nor anything made of it, where there is none', async () => {
    const { collect, group } = copyOf('v2')
    for (const file of ['memory.max', 'pids.max']) writeFileSync(join(group, file), 'max\n')
    writeFileSync(join(group, 'cpu.max'), 'max 100000\n')
    const names = ((await collect([GEAR]))[0] as readonly Metric[]).map(({ name }) => name)
    expect(names.filter((name) => /limit|utilization|available/.test(name))).to.deep.equal([])
    expect(names).to.include.members(['container.memory.usage', 'container.process.count'])
  })

  it('measures what is there while a group loses its files', async () => {
    const { collect, group } = copyOf('v2')
    for (const file of ['memory.stat', 'io.stat', 'cpu.stat', 'cpu.pressure']) rmSync(join(group, file))
    const names = ((await collect([GEAR]))[0] as readonly Metric[]).map(({ name }) => name)
    expect(names).to.include.members(['container.memory.usage', 'container.pressure.io.some.time'])
    expect(names.filter((name) => /cpu\.(time|pressure)|working_set|disk/.test(name))).to.deep.equal([])
  })

  it('has a working set of at least 0', async () => {
    const { collect, group } = copyOf('v2')
    writeFileSync(join(group, 'memory.current'), '4096\n')
    const [signals = []] = await collect([GEAR])
    expect(numberOf(signals, 'container.memory.working_set')).to.equal(0)
  })
})
