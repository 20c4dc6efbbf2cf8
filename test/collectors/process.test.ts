import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import pidusage from 'pidusage'
import { createProcessCollector } from '../../src/collectors/process.ts'
import type { Metric } from '../../src/metric.ts'
import type { Gear } from '../../src/node/gear.ts'
import { ManualClock, settle } from '../support/clock.ts'
import { makeGear } from '../support/gear.ts'
import { useTempDir } from '../support/temp.ts'

const FIXTURE = 'test/fixtures/host/proc'
const going = new AbortController().signal

/** Metrics of each call of `emit`, by name and own labels. */
const makeCollector = (procRoot: string, enabled = true) => {
  const clock = new ManualClock()
  const collector = createProcessCollector({ process: { enabled }, procRoot, clock })
  const collect = async (
    gears: readonly Gear[],
    abort = going,
  ): Promise<ReadonlyMap<string, Record<string, number>>> => {
    const emitted: Metric[][] = []
    await collector.collect(gears, (signals) => void emitted.push(signals as Metric[]), abort)
    return new Map(
      emitted.map((metrics) => [metrics[0]?.labels.get('gear') ?? '', Object.fromEntries(metrics.map(brief))]),
    )
  }
  return { collector, collect, clock }
}
const brief = ({ name, labels, value }: Metric): [string, number] => {
  const own = ['mode', 'state'].flatMap((key) => labels.get(key) ?? [])
  return [[name, ...own].join(' '), value]
}

/** A shell with some CPU time behind it, and three children. All end with its input. */
const TREE = `i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done
  sleep 600 >/dev/null & a=$!; sleep 600 >/dev/null & b=$!; sleep 600 >/dev/null & c=$!
  echo $$ $a $b $c; read -r _; kill -KILL $a $b $c`

/** A process that has just been started may still be a copy of its parent, and run. */
const whenIn = async (pid: string, name: string, state: string): Promise<void> => {
  const wanted = new RegExp(`^Name:\\t${name}\\n.*^State:\\t${state}`, 'ms')
  while (!wanted.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) await settle()
}

const aa = makeGear('aa11', { uid: 2001, cgroup: '/openshift/aa11' })
const bb = makeGear('bb22', { uid: 2002, cgroup: '/openshift/bb22' })
const empty = makeGear('dd44', { uid: 2009, cgroup: '/openshift/dd44' })

describe('collectors/process', () => {
  const tempDir = useTempDir()

  it('is asked once a round for all gears', () => {
    expect(makeCollector(FIXTURE).collector).to.include({ name: 'process', scope: 'node' })
  })

  it('measures gears by uid and by cgroup in one pass', async () => {
    const emitted = await makeCollector(FIXTURE).collect([aa, bb])
    expect(emitted.get('aa11')).to.deep.equal({
      'process.thread.count': 5,
      'process.memory.usage': 1_536_000,
      'process.memory.virtual': 6_144_000,
      'process.unix.file_descriptor.count': 10,
      'process.unix.file_descriptor.limit': 8,
      'process.unix.file_descriptor.utilization': 0.75,
      'process.uptime': 1000,
      'process.cpu.time user': 1.85,
      'process.cpu.time system': 0.75,
      'process.count running': 1,
      'process.count sleeping': 1,
      'process.count zombie': 1,
    })
    expect(emitted.get('bb22')).to.include({
      'process.uptime': 3000,
      'process.count disk': 1,
      'process.count stopped': 1,
      'process.unix.file_descriptor.count': 3,
      'process.unix.file_descriptor.limit': 1024,
    })
  })

  it('says zeros of a gear without processes, if its processes would be known', async () => {
    const shared = makeGear('ee55', { uid: 2010, cgroup: '/openshift/ee55' })
    const twin = makeGear('ff66', { uid: 2010 })
    const emitted = await makeCollector(FIXTURE).collect([empty, shared, twin, makeGear('root', { uid: 0 })])
    expect([...emitted.keys()]).to.deep.equal(['dd44'])
    expect(emitted.get('dd44')).to.include({ 'process.count running': 0, 'process.thread.count': 0 })
  })

  it('knows gears that share a uid by their cgroups', async () => {
    const twin = makeGear('twin', { uid: 2001 })
    const emitted = await makeCollector(FIXTURE).collect([aa, twin])
    expect([...emitted.keys()]).to.deep.equal(['aa11'])
    expect(emitted.get('aa11')).to.include({ 'process.thread.count': 5 })
  })

  it('goes on counting when processes end, and when all have', async () => {
    cpSync(FIXTURE, tempDir(), { recursive: true })
    const { collect } = makeCollector(tempDir())
    const twin = makeGear('twin', { uid: 2001 })
    await collect([aa, twin])
    rmSync(join(tempDir(), '101'), { recursive: true })
    expect((await collect([aa, twin])).get('aa11')).to.include({
      'process.cpu.time user': 1.85,
      'process.thread.count': 2,
    })
    for (const pid of ['102', '103']) rmSync(join(tempDir(), pid), { recursive: true })
    expect((await collect([aa, twin])).get('aa11')).to.include({
      'process.cpu.time user': 1.85,
      'process.thread.count': 0,
    })
  })

  it('emits once for each gear, with its labels and the time of the look', async () => {
    const calls: Metric[][] = []
    const { collector, clock } = makeCollector(FIXTURE)
    await collector.collect([aa, bb], (signals) => void calls.push(signals as Metric[]), going)
    expect(calls.map(([metric]) => metric?.labels.get('gear'))).to.deep.equal(['aa11', 'bb22'])
    for (const metrics of calls) {
      expect(new Set(metrics.map(({ labels }) => labels.get('gear')))).to.have.property('size', 1)
      for (const metric of metrics) expect(metric).to.include({ collector: 'process', timeMs: clock.now() })
      for (const { unit } of metrics) expect(unit).to.be.a('string')
    }
  })

  it('says nothing when it is switched off, or told to stop', async () => {
    expect((await makeCollector(FIXTURE, false).collect([aa])).size).to.equal(0)
    expect((await makeCollector(FIXTURE).collect([aa], AbortSignal.abort())).size).to.equal(0)
  })

  it('is broken where there is no /proc', async () => {
    const failure = await makeCollector(tempDir())
      .collect([aa])
      .catch((thrown: unknown) => thrown)
    expect(failure)
      .to.be.instanceOf(Error)
      .with.property('message', `${tempDir()}/uptime: expected seconds since boot, got none`)
  })

  describe('against ps', () => {
    // processes of root are nobody's
    const uid = process.getuid?.() === 0 ? 58_731 : (process.getuid?.() ?? -1)
    let tree: ChildProcess
    let pids: readonly string[] = []

    beforeEach(async () => {
      const owner = process.getuid?.() === 0 ? { uid, gid: uid } : {}
      tree = spawn('sh', ['-c', TREE], { ...owner, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] })
      const [line] = await once(tree.stdout ?? expect.fail(), 'data')
      pids = String(line).trim().split(' ')
      const [shell = '', ...children] = pids
      await Promise.all([whenIn(shell, 'sh', 'S'), ...children.map((child) => whenIn(child, 'sleep', 'S'))])
      process.kill(Number(children[1]), 'SIGSTOP')
      await whenIn(children[1] ?? '', 'sleep', 'T')
    })
    afterEach(async () => {
      tree.stdin?.end()
      await once(tree, 'close')
    })

    /** A /proc where the tree is all there is: an ordinary user may have other processes. */
    const proc = (): string => {
      const root = join(tempDir(), 'proc')
      mkdirSync(root)
      for (const name of ['uptime', ...pids]) symlinkSync(`/proc/${name}`, join(root, name))
      return root
    }
    const ps = (): Record<'state' | 'nlwp' | 'rss' | 'vsz' | 'etimes' | 'cputimes', string>[] =>
      execFileSync('ps', ['-o', 'state=,nlwp=,rss=,vsz=,etimes=,cputimes=', '-p', pids.join(',')], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => {
          const [state = '', nlwp = '', rss = '', vsz = '', etimes = '', cputimes = ''] = line.trim().split(/\s+/)
          return { state, nlwp, rss, vsz, etimes, cputimes }
        })

    it('agrees on all that both know', async () => {
      const emitted = await makeCollector(proc()).collect([makeGear('aa11', { uid })])
      const ours = emitted.get('aa11') ?? {}
      const theirs = ps()
      const sum = (column: 'nlwp' | 'rss' | 'vsz' | 'cputimes'): number =>
        theirs.reduce((total, row) => total + Number(row[column]), 0)
      const count = (state: string): number => theirs.filter((row) => row.state === state).length
      expect(theirs).to.have.length(4)
      expect(ours).to.include({
        'process.count running': 0,
        'process.count sleeping': count('S'),
        'process.count stopped': count('T'),
        'process.thread.count': sum('nlwp'),
        'process.memory.virtual': sum('vsz') * 1024,
      })
      expect([count('S'), count('T')]).to.deep.equal([3, 1])
      expect(ours['process.memory.usage']).to.be.closeTo(sum('rss') * 1024, sum('rss') * 1024 * 0.05)
      expect(ours['process.uptime']).to.be.closeTo(Math.max(...theirs.map(({ etimes }) => Number(etimes))), 1.5)
      expect((ours['process.cpu.time user'] ?? 0) + (ours['process.cpu.time system'] ?? 0)).to.be.closeTo(
        sum('cputimes'),
        4,
      )
    })

    // not on memory: it reads `PID/stat`, whose figure the kernel calls inaccurate
    it('agrees with pidusage on CPU time', async () => {
      const emitted = await makeCollector(proc()).collect([makeGear('aa11', { uid })])
      const theirs = Object.values(await pidusage([...pids])).reduce((sum, { ctime }) => sum + ctime, 0) / 1000
      pidusage.clear()
      const { 'process.cpu.time user': user = 0, 'process.cpu.time system': system = 0 } = emitted.get('aa11') ?? {}
      expect(theirs).to.be.above(0.05)
      expect(user + system).to.be.closeTo(theirs, 0.05)
    })

    it('finds the tree among all processes of the node', async function () {
      if (process.getuid?.() !== 0) this.skip()
      const emitted = await makeCollector('/proc').collect([makeGear('aa11', { uid }), empty])
      expect(emitted.get('aa11')).to.include({ 'process.count sleeping': 3, 'process.count stopped': 1 })
      expect(emitted.get('aa11')?.['process.unix.file_descriptor.count']).to.be.above(6)
    })
  })

  it('is not misled by a made up stat', async () => {
    cpSync(FIXTURE, tempDir(), { recursive: true })
    writeFileSync(join(tempDir(), '102', 'stat'), 'nonsense')
    writeFileSync(join(tempDir(), '103', 'status'), Buffer.from([0xff, 0x00, 0x0a]))
    expect((await makeCollector(tempDir()).collect([aa])).get('aa11')).to.include({ 'process.thread.count': 3 })
  })
})
