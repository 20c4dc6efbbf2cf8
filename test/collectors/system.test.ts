import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { systemClock } from '../../src/clock.ts'
import { systemSchema } from '../../src/collectors/system/settings.ts'
import { createSystemCollector } from '../../src/collectors/system.ts'
import { isName } from '../../src/message/name.ts'
import type { Metric } from '../../src/metric.ts'
import { ManualClock } from '../support/clock.ts'

const FIXTURE = { procRoot: 'test/fixtures/host/proc', sysRoot: 'test/fixtures/host/sys' }
const nodeLabels = new Map([['node', 'n1']])
const going = new AbortController().signal

const collectOnce = async (collector: ReturnType<typeof createSystemCollector>): Promise<readonly Metric[][]> => {
  const emitted: Metric[][] = []
  await collector.collect([], (signals) => void emitted.push(signals as Metric[]), going)
  return emitted
}
const valueIn = (metrics: readonly Metric[], name: string, labels: Record<string, string> = {}): number | undefined =>
  metrics.find(
    (metric) =>
      metric.name === name && Object.entries(labels).every(([key, value]) => metric.labels.get(key) === value),
  )?.value

describe('collectors/system', () => {
  it('says everything of a node in one call, with the labels of the node', async () => {
    const clock = new ManualClock()
    const collector = createSystemCollector({ system: systemSchema.parse({}), clock, nodeLabels, ...FIXTURE })
    const [metrics = [], ...more] = await collectOnce(collector)
    expect(more).to.deep.equal([])
    for (const metric of metrics) {
      expect(metric).to.include({ collector: 'system', timeMs: clock.now() })
      expect(metric.labels.get('node')).to.equal('n1')
      expect(metric.unit).to.be.a('string')
      expect(isName(metric.name), metric.name).to.equal(true)
      for (const label of metric.labels.keys()) expect(label).to.match(/^[A-Za-z_][A-Za-z0-9_]{0,31}$/)
    }
    expect(valueIn(metrics, 'system.network.dropped', { direction: 'transmit', device: 'eth0' })).to.equal(9)
    expect(valueIn(metrics, 'system.disk.io', { direction: 'read', device: 'mmcblk0' })).to.equal(10_240_000)
    const devices = new Set(
      metrics.flatMap(({ name, labels }) => (name.startsWith('system.disk') ? labels.get('device') : [])),
    )
    expect([...devices]).to.deep.equal(['mmcblk0', 'cciss/c0d0'])
    expect(valueIn(metrics, 'system.pressure.cpu.some.avg10')).to.equal(0.1234)
    expect(valueIn(metrics, 'system.info')).to.equal(1)
  })

  it('says each thing once', async () => {
    const collector = createSystemCollector({ system: systemSchema.parse({}), clock: systemClock, nodeLabels })
    await collectOnce(collector)
    const [metrics = []] = await collectOnce(collector)
    const series = metrics.map(({ name, labels }) => JSON.stringify([name, ...labels]))
    expect(series.length).to.equal(new Set(series).size)
  })

  it('agrees with nproc, uptime and /proc/meminfo', async () => {
    const collector = createSystemCollector({ system: systemSchema.parse({}), clock: systemClock, nodeLabels })
    const [metrics = []] = await collectOnce(collector)
    const nproc = Number(execFileSync('getconf', ['_NPROCESSORS_ONLN'], { encoding: 'utf8' }))
    expect(valueIn(metrics, 'system.cpu.count')).to.equal(nproc)
    const [, totalKb] = /^MemTotal: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
    expect(valueIn(metrics, 'system.memory.limit')).to.equal(Number(totalKb) * 1024)
    const states = metrics.filter(({ name }) => name === 'system.memory.usage').map(({ value }) => value)
    expect(states.reduce((sum, value) => sum + value, 0)).to.equal(Number(totalKb) * 1024)
    const uptime = Number.parseFloat(readFileSync('/proc/uptime', 'utf8'))
    expect(valueIn(metrics, 'system.uptime')).to.be.closeTo(uptime, 1)
  })

  it('agrees with df', async () => {
    const collector = createSystemCollector({ system: systemSchema.parse({}), clock: systemClock, nodeLabels })
    const [metrics = []] = await collectOnce(collector)
    for (const { labels, value } of metrics.filter(({ name }) => name === 'system.filesystem.limit')) {
      const mountpoint = labels.get('mountpoint') ?? ''
      const [size = 0, used = 0, available = 0] = df(mountpoint)
      expect(value, mountpoint).to.equal(size)
      expect(valueIn(metrics, 'system.filesystem.usage', { mountpoint }), mountpoint).to.be.closeTo(used, 200e6)
      expect(valueIn(metrics, 'system.filesystem.available', { mountpoint }), mountpoint).to.be.closeTo(
        available,
        200e6,
      )
    }
  })

  it('says nothing when it is switched off', async () => {
    const system = systemSchema.parse({ enabled: false })
    expect(await collectOnce(createSystemCollector({ system, clock: new ManualClock(), nodeLabels }))).to.deep.equal([])
  })
})

const df = (path: string): readonly number[] => {
  const output = execFileSync('df', ['-B1', '--output=size,used,avail', path], { encoding: 'utf8' })
  return output.trim().split('\n')[1]?.trim().split(/\s+/).map(Number) ?? []
}
