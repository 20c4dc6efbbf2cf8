import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { createQuotaCollector, type QuotaCollectorParts } from '../../../src/collectors/quota/quota.ts'
import { createToolRunner } from '../../../src/collectors/quota/run-tool.ts'
import { quotaSchema } from '../../../src/collectors/quota/settings.ts'
import { silentLogger } from '../../../src/logger.ts'
import type { Metric } from '../../../src/metric.ts'
import type { Gear } from '../../../src/node/gear.ts'
import type { Signal } from '../../../src/signal.ts'
import { ManualClock } from '../../support/clock.ts'
import { makeGear } from '../../support/gear.ts'
import { useTempDir } from '../../support/temp.ts'

const FIXTURES = resolve('test/fixtures/quota')
const WITH_QUOTA = join(FIXTURES, 'reports/with-quota')

describe('collectors/quota', () => {
  const temp = useTempDir()
  const homeOf = (id: string): string => join(realpathSync(temp()), 'base', id)
  const gear = (id: string, uid: number, changes: Partial<Gear> = {}): Gear =>
    makeGear(id, { uid, user: id, home: homeOf(id), ...changes })
  const mountBase = (source: string, more = '', type = 'ext4'): void => {
    mkdirSync(join(temp(), 'self'), { recursive: true })
    mkdirSync(join(temp(), 'base'), { recursive: true })
    const base = `27 1 8:1 / ${realpathSync(temp())}/base rw - ${type} ${source} rw\n`
    writeFileSync(join(temp(), 'self/mountinfo'), `1 0 0:1 / / rw - rootfs rootfs rw\n${base}${more}`)
  }
  const make = (settings: Partial<QuotaCollectorParts['quota']> = {}, parts: Partial<QuotaCollectorParts> = {}) => {
    const clock = new ManualClock()
    const said: string[] = []
    const say = (message: string): void => void said.push(message)
    const quota = { ...quotaSchema.parse(undefined), ...settings }
    const collector = createQuotaCollector({
      quota,
      baseDir: join(temp(), 'base'),
      clock,
      logger: { ...silentLogger, info: say, warn: say },
      procRoot: temp(),
      sysRoot: temp(),
      runTool: createToolRunner({ timeoutMs: quota.timeoutMs, searchPath: `${FIXTURES}/bin:/usr/bin:/bin` }),
      ...parts,
    })
    const collect = async (gears: readonly Gear[], abort = new AbortController().signal) => {
      const emitted: (readonly Metric[])[] = []
      await collector.collect(gears, (signals: readonly Signal[]) => emitted.push(signals as readonly Metric[]), abort)
      return emitted
    }
    return { clock, said, collect, collector }
  }
  const brief = (emitted: readonly (readonly Metric[])[]): readonly string[] =>
    emitted.map((metrics) => metrics.map(({ name, value }) => `${name}=${value}`).join(' '))
  const gears = () => [gear('aa11', 55_001), gear('bb22', 55_002), gear('5333648', 55_003), gear('dd44', 55_004)]

  it('tells of each gear in a call of its own what repquota says', async () => {
    mountBase(WITH_QUOTA)
    const { collect, clock } = make()
    const emitted = await collect(gears())
    expect(brief(emitted).map((text) => text.split(' container')[0])).to.deep.equal([
      'quota.blocks.used=2048 quota.blocks.limit=1048576 quota.files.used=77 quota.files.limit=80000',
      'quota.blocks.used=3000 quota.blocks.limit=1048576 quota.files.used=78 quota.files.limit=80000',
      'quota.blocks.used=1024 quota.blocks.limit=0 quota.files.used=79 quota.files.limit=0',
      'quota.blocks.used=512 quota.blocks.limit=1024 quota.files.used=5 quota.files.limit=0',
    ])
    expect(emitted[0]![0]).to.deep.equal({
      type: 'metric',
      name: 'quota.blocks.used',
      value: 2048,
      kind: 'gauge',
      unit: 'KiBy',
      timeMs: clock.now(),
      collector: 'quota',
      labels: gears()[0]!.labels,
    })
  })

  it('tells nothing of gears at rest, of root, of users that are several gears, of gears without a home', async () => {
    mountBase(WITH_QUOTA)
    const shared = [gear('aa11', 55_001), gear('other', 55_001, { user: 'aa11', resting: 'stopped' })]
    const others = [gear('root', 0), gear('bb22', 55_002, { resting: 'idle' }), makeGear('5333648', { uid: 55_003 })]
    expect(await make().collect([...shared, ...others, gear('stranger', 55_009)])).to.have.length(1)
    const { collect, said } = make({}, { runTool: () => expect.fail('nobody was to be asked for') })
    expect(await collect([...shared, ...others])).to.deep.equal([])
    expect(said).to.deep.equal(['disk quota: none, no gear has a uid of its own'])
  })

  it('tells when the limit will be reached', async () => {
    const report = join(temp(), 'report')
    mountBase(report)
    const { collect, clock } = make()
    const names = async (used: number): Promise<readonly string[]> => {
      writeFileSync(report, `aa11 -- ${used} 0 10000 0 1 0 0 0\n`)
      return brief(await collect([gear('aa11', 55_001)]))[0]!.split(' ')
    }
    expect((await names(0)).join(' ')).not.to.include('time_to_full')
    await clock.advance(600_000)
    expect(await names(1000)).to.include('container.filesystem.time_to_full=5400')
  })

  it('asks a file system that a gear has of its own, and no other tool for it', async () => {
    const own = `28 1 8:2 / ${homeOf('aa11')} rw - ext4 /dev/sdb rw\n`
    mountBase('none', own, 'tmpfs')
    const asked: string[] = []
    const statfs = async (path: string) => {
      asked.push(path)
      return { bsize: 1024, blocks: 100, bfree: 60, bavail: 60, files: 0, ffree: 0 }
    }
    const { collect, said } = make({}, { statfs })
    expect(brief(await collect([gear('aa11', 55_001)]))).to.deep.equal([
      'quota.blocks.used=40 quota.blocks.limit=100 container.filesystem.usage=40960 container.filesystem.limit=102400 container.filesystem.utilization=0.4',
    ])
    expect(asked).to.deep.equal([homeOf('aa11')])
    expect(said).to.deep.equal([])
  })

  it('says once that there is no quota, and once when that has changed', async () => {
    mountBase('/without-quota')
    const { collect, said } = make()
    for (let round = 0; round < 3; round += 1) expect(await collect(gears())).to.deep.equal([])
    expect(said).to.deep.equal([
      'disk quota: none, repquota ended with status 2: repquota: Not all specified mountpoints are using quota.',
    ])
    mountBase(WITH_QUOTA)
    for (let round = 0; round < 3; round += 1) expect(await collect(gears())).to.have.length(4)
    expect(said.slice(1)).to.deep.equal([`disk quota: repquota of ${WITH_QUOTA}`])
  })

  it('goes on after a tool that hangs', async () => {
    mountBase('/hangs')
    const { collect, said } = make({ timeoutMs: 500 })
    expect(await collect(gears())).to.deep.equal([])
    expect(said).to.deep.equal(['disk quota: none, repquota did not end within its limit'])
    mountBase(WITH_QUOTA)
    expect(await collect(gears())).to.have.length(4)
  })

  it('tells of a broken report once, and uses the rest of it', async () => {
    const report = join(temp(), 'report')
    writeFileSync(report, 'aa11 -- x\nbb22 -- 1 0 0 0 1 0 0 0\n')
    mountBase(report)
    const { collect, said } = make()
    for (let round = 0; round < 2; round += 1) expect(await collect(gears())).to.have.length(1)
    expect(said).to.deep.equal([
      `disk quota: repquota of ${report}`,
      'disk quota: user aa11: expected 6 to 8 columns of numbers, got x',
    ])
  })

  const without: readonly (readonly [string, () => void, RegExp])[] = [
    ['a file system that has none', () => mountBase('none', '', 'tmpfs'), /^disk quota: none, .*base is on tmpfs$/],
    [
      'a Btrfs that is not there',
      () => mountBase('/dev/none', '', 'btrfs'),
      /^disk quota: none, \/dev\/none is no Btrfs/,
    ],
  ]
  for (const [name, mount, said] of without) {
    it(`tells nothing on ${name}, and says so`, async () => {
      mount()
      const made = make()
      expect(await made.collect(gears())).to.deep.equal([])
      expect(made.said).to.have.length(1)
      expect(made.said[0]).to.match(said)
    })
  }

  it('says and runs nothing without gears that have a home, or switched off', async () => {
    mountBase('/without-quota')
    const run = () => expect.fail('nothing was to be run')
    const idle = make({}, { runTool: run })
    expect(await idle.collect([makeGear('aa11')])).to.deep.equal([])
    const off = make({ enabled: false }, { runTool: run })
    expect(await off.collect(gears())).to.deep.equal([])
    expect([...idle.said, ...off.said]).to.deep.equal([])
  })

  it('reads in every round, or as seldom as it is told', async () => {
    mountBase(WITH_QUOTA)
    const rounds = async (intervalSeconds: number): Promise<readonly number[]> => {
      const { collect, clock } = make({ intervalSeconds })
      const counts: number[] = []
      for (let round = 0; round < 6; round += 1) {
        counts.push((await collect([gear('aa11', 55_001)])).length)
        await clock.advance(59_990)
      }
      return counts
    }
    expect(await rounds(0)).to.deep.equal([1, 1, 1, 1, 1, 1])
    expect(await rounds(180)).to.deep.equal([1, 0, 0, 1, 0, 0])
  })

  it('ends with the round, and takes that for no news', async () => {
    mountBase('/hangs')
    const { collect, said } = make()
    const stop = new AbortController()
    const done = collect(gears(), stop.signal)
    stop.abort()
    expect(await done).to.deep.equal([])
    expect(said).to.deep.equal([])
  })
})
