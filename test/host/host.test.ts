import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { expect } from 'chai'
import si from 'systeminformation'
import { systemClock } from '../../src/clock.ts'
import { createHostReader, type HostFacts } from '../../src/host/host.ts'
import { ManualClock } from '../support/clock.ts'
import { useTempDir } from '../support/temp.ts'

const going = new AbortController().signal
const FIXTURE = 'test/fixtures/host'
const NO_BLOCKS = { bsize: 4096, files: 0, ffree: 0 }
const FIGURES = new Map([
  ['/', { ...NO_BLOCKS, blocks: 7_672_043, bfree: 2_198_145, bavail: 1_803_021 }],
  ['/snap/core/1', { ...NO_BLOCKS, bsize: 131_072, blocks: 448, bfree: 0, bavail: 0 }],
  ['/mnt/usb stick', { ...NO_BLOCKS, blocks: 16_335, bfree: 16_100, bavail: 16_100 }],
])

const readFixture = (): Promise<HostFacts> =>
  createHostReader({
    clock: new ManualClock(5000),
    procRoot: `${FIXTURE}/proc`,
    sysRoot: `${FIXTURE}/sys`,
    statfsTimeoutMs: 1000,
    statfs: async (path) => FIGURES.get(path) ?? expect.fail(`asked for ${path}`),
  }).read(going)

describe('host/host', () => {
  const tempDir = useTempDir()

  it('reads all there is of a node', async () => {
    const facts = await readFixture()
    expect(facts).to.include({ timeMs: 5000, uptimeS: 10_000.5, processes: 7 })
    expect(facts.load).to.deep.equal([2, 3.61, 2.3])
    expect(facts.stat).to.include({ cpus: 2, bootMs: 1_699_990_000_000 })
    expect(facts.network.map(({ name }) => name)).to.deep.equal(['lo', 'eth0', 'veth12ab'])
    expect(facts.disks.map(({ name, isPartition }) => [name, isPartition])).to.deep.equal([
      ['loop0', false],
      ['mmcblk0', false],
      ['mmcblk0p1', true],
      ['cciss/c0d0', false],
    ])
    expect([...facts.pressure.keys()]).to.deep.equal(['cpu', 'io'])
  })

  it('has the facts that other families of names need', async () => {
    const { memory, fileSystems, stat } = await readFixture()
    expect((memory?.total ?? 0) - (memory?.available ?? 0)).to.equal(2_373_574_656)
    expect(memory?.available).to.equal(1_774_698_496)
    expect(
      fileSystems.measured.map(({ device, total, free, available }) => [device, total - free, available]),
    ).to.deep.equal([
      ['/dev/mmcblk0p1', 22_421_086_208, 7_385_174_016],
      ['/dev/loop3', 58_720_256, 0],
      ['/dev/sda1', 962_560, 65_945_600],
    ])
    expect(stat?.cpu.guest).to.equal(0.9)
  })

  it('does without what a node does not have', async () => {
    const empty = createHostReader({
      clock: new ManualClock(),
      procRoot: tempDir(),
      sysRoot: tempDir(),
      statfsTimeoutMs: 10,
    })
    const { stat, load, memory, uptimeS, network, disks, fileSystems } = await empty.read(going)
    expect({ stat, load, memory, uptimeS }).to.deep.equal({
      stat: undefined,
      load: undefined,
      memory: undefined,
      uptimeS: undefined,
    })
    expect([network, disks, fileSystems.measured, fileSystems.unmeasured]).to.deep.equal([[], [], [], []])
  })
  describe('on this node', () => {
    const read = (): Promise<HostFacts> => createHostReader({ clock: systemClock, statfsTimeoutMs: 5000 }).read(going)

    it('agrees with the kernel and with Node.js', async () => {
      const { stat, memory, uptimeS, processes } = await read()
      const [, total] = /^MemTotal: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
      expect(memory?.total).to.equal(Number(total) * 1024)
      expect(memory?.total).to.equal(totalmem())
      expect(stat?.cpus).to.equal(cpus().length)
      const idleMs = cpus().reduce((sum, { times }) => sum + times.idle, 0)
      expect(stat?.cpu.idle).to.be.closeTo(idleMs / 1000, 2)
      expect(uptimeS).to.be.closeTo((Date.now() - (stat?.bootMs ?? 0)) / 1000, 5)
      expect(processes).to.be.above(1)
    })

    it('agrees with systeminformation', async () => {
      const { memory, fileSystems } = await read()
      const theirs = await si.mem()
      expect(memory?.total).to.equal(theirs.total)
      expect(memory?.swapTotal).to.equal(theirs.swaptotal)
      expect(memory?.available).to.be.closeTo(theirs.available, 200e6)
      const sizes = new Map((await si.fsSize()).map(({ mount, size, available }) => [mount, { size, available }]))
      for (const { mountPoint, total, available } of fileSystems.measured) {
        const known = sizes.get(mountPoint)
        if (!known) continue
        expect(total, mountPoint).to.equal(known.size)
        expect(available, mountPoint).to.be.closeTo(known.available, 200e6)
      }
    })
  })
})
