import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { type Hierarchies, hierarchiesIn } from '../../../src/collectors/cgroup/hierarchies.ts'
import { parseCgroupFile } from '../../../src/collectors/cgroup/parse-file.ts'
import { keyedIn } from '../../../src/collectors/cgroup/values.ts'
import { readMounts } from '../../../src/collectors/mountinfo.ts'
import type { Metric } from '../../../src/metric.ts'
import { need } from '../../services/packages.ts'
import { makeGear } from '../../support/gear.ts'
import { isRoot } from '../../support/node-tree.ts'
import { makeCollector, numberOf } from './stage.ts'

const CGROUP = `/oo-test-${process.pid}/aa11`
const GEAR = makeGear('aa11', { cgroup: CGROUP })

/** Waits to be put into its groups, is busy for a while, says so, and waits to be killed. */
const BUSY = 'read go; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read end'

/** Real groups in the given directories with a process in them that was busy and now rests. */
const startBusy = async (directories: readonly string[]): Promise<ChildProcess> => {
  const child = spawn('sh', ['-c', BUSY], { stdio: ['pipe', 'pipe', 'ignore'] })
  for (const directory of directories) {
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'cgroup.procs'), String(child.pid))
  }
  child.stdin.write('go\n')
  await once(child.stdout, 'data')
  return child
}

/** The value lies between what the file said before and after, which mostly is the same. */
const expectBetween = (value: number | undefined, before: number, after: number): void => {
  expect(value).to.be.within(Math.min(before, after), Math.max(before, after))
}

describe('collectors/cgroup on this system', () => {
  const made: string[] = []
  let child: ChildProcess | undefined
  const hierarchies: Hierarchies = hierarchiesIn(readMounts('/proc'))

  const start = async (...directories: readonly (string | undefined)[]): Promise<void> => {
    const wanted = [...new Set(directories.filter((directory) => directory !== undefined))]
    made.push(...wanted)
    child = await startBusy(wanted)
  }
  const directoryOf = (controller: string): string => hierarchies.v1.get(controller)?.(CGROUP) ?? ''
  const collect = async (settings = {}) => (await makeCollector('/proc', settings).collect([GEAR])).flat() as Metric[]

  afterEach(async () => {
    if (child) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      child = undefined
    }
    for (const directory of made.splice(0)) {
      rmdirSync(directory)
      rmdirSync(dirname(directory))
    }
  })

  it('agrees with the files of a real v1 group', async function () {
    const controllers = ['cpu', 'cpuacct', 'memory', 'pids']
    if (!isRoot || !controllers.every((controller) => hierarchies.v1.has(controller))) return this.skip()
    await start(...controllers.map(directoryOf))
    writeFileSync(join(directoryOf('cpu'), 'cpu.cfs_quota_us'), '25000')
    writeFileSync(join(directoryOf('memory'), 'memory.limit_in_bytes'), String(64 << 20))
    writeFileSync(join(directoryOf('pids'), 'pids.max'), '10')
    const read = () => ({
      cpu: Number(readFileSync(join(directoryOf('cpuacct'), 'cpuacct.usage'), 'utf8')),
      memory: Number(readFileSync(join(directoryOf('memory'), 'memory.usage_in_bytes'), 'utf8')),
      rss: keyedIn(readFileSync(join(directoryOf('memory'), 'memory.stat'), 'utf8')).get('total_rss')!,
    })
    const before = read()
    const metrics = await collect({ classicKeys: ['cpuacct.usage'] })
    const after = read()
    expect(before.cpu).to.be.above(1e6)
    expectBetween(numberOf(metrics, 'cpuacct.usage'), before.cpu, after.cpu)
    expect(numberOf(metrics, 'container.cpu.time')).to.equal(numberOf(metrics, 'cpuacct.usage')! / 1e9)
    expectBetween(numberOf(metrics, 'container.memory.usage'), before.memory, after.memory)
    expectBetween(numberOf(metrics, 'container.memory.rss'), before.rss, after.rss)
    expect(numberOf(metrics, 'container.memory.limit')).to.equal(64 << 20)
    expect(numberOf(metrics, 'container.cpu.limit')).to.equal(0.25)
    expect(numberOf(metrics, 'container.process.count')).to.equal(1)
    expect(numberOf(metrics, 'container.process.limit')).to.equal(10)
  })

  it('tells of a v1 group what cgget tells', async function () {
    this.timeout(300_000)
    if (!isRoot || !hierarchies.v1.has('cpu')) return this.skip()
    const cgget = await need('cgroup-tools', 'cgget', ['libcgroup2'])
    if (!cgget.found) return this.skip()
    await start(...[...hierarchies.v1].map(([, hierarchy]) => hierarchy(CGROUP)).filter((path) => canHold(path)))
    const env = { ...process.env, LD_LIBRARY_PATH: librariesBelow(cgget.root) }
    const printed = execFileSync(cgget.path, ['-a', CGROUP], { env, encoding: 'utf8' })
    const told = [...filesIn(printed)].flatMap(([file, text]) => parseCgroupFile(file, text).map(({ name }) => name))
    const metrics = await collect({ classicKeys: ['all'], normalised: false })
    expect(told.length).to.be.above(20)
    expect([...new Set(metrics.map(({ name }) => name))]).to.have.members([...new Set(told)])
    expect(filesIn(printed).get('cpuacct.usage')?.trim()).to.equal(String(numberOf(metrics, 'cpuacct.usage')))
  })

  it('agrees with the files of a real v2 group', async function () {
    const directory = hierarchies.v2?.(CGROUP)
    if (!isRoot || directory === undefined) return this.skip()
    await start(directory)
    const read = (): number => keyedIn(readFileSync(join(directory, 'cpu.stat'), 'utf8')).get('usage_usec')!
    const before = read()
    const metrics = await collect({ classicKeys: ['cpu.stat'] })
    expect(before).to.be.above(1000)
    expectBetween(numberOf(metrics, 'cpu.stat.usage_usec'), before, read())
    expect(numberOf(metrics, 'container.cpu.time')).to.equal(numberOf(metrics, 'cpu.stat.usage_usec')! / 1e6)
    if (existsSync(join(directory, 'cpu.pressure'))) {
      expect(numberOf(metrics, 'container.pressure.cpu.some.time')).to.be.at.least(0)
    }
  })

  it('yields nothing of a group that was removed', async function () {
    const directory = hierarchies.v2?.(CGROUP)
    if (!isRoot || directory === undefined) return this.skip()
    mkdirSync(directory, { recursive: true })
    rmdirSync(directory)
    rmdirSync(dirname(directory))
    expect(await collect({ classicKeys: ['all'] })).to.deep.equal([])
  })
})

/** Where the Debian packages of any architecture put their libraries. */
const librariesBelow = (root: string): string =>
  globSync(`{,usr/}lib/*-linux-gnu`, { cwd: root })
    .map((path) => join(root, path))
    .join(':')

/** A group of cpuset takes no process before it is given CPUs. */
const canHold = (path: string | undefined): path is string => path !== undefined && !path.includes('cpuset')

/** Takes the output of cgget(1) apart: `name: text`, further lines of the text behind a tab. */
const filesIn = (printed: string): ReadonlyMap<string, string> => {
  const files = new Map<string, string>()
  let file = ''
  for (const line of printed.split('\n').slice(1)) {
    const [, name, text] = /^(\S+): ?(.*)$/.exec(line) ?? []
    if (name !== undefined) file = name
    if (file !== '') files.set(file, `${files.get(file) ?? ''}${text ?? line}\n`)
  }
  return files
}
