import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { killAll, killOneByOne, ownerName, pidsIn, sweep, unifiedRoot } from '../../src/scripts/cgroup.ts'
import { useTempDir } from '../support/temp.ts'
import { canContain, testCgroup } from './stage.ts'

describe('scripts/cgroup: the unified hierarchy', () => {
  const directory = useTempDir()
  const found = (...lines: string[]): string | undefined => {
    const path = join(directory(), 'mountinfo')
    writeFileSync(path, `${lines.join('\n')}\n`)
    return unifiedRoot(path)
  }

  it('is found alone, and beside v1', () => {
    expect(found('30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw')).to.equal('/sys/fs/cgroup')
    const hybrid = [
      '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
      '36 31 0:33 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
      '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    ]
    expect(found(...hybrid)).to.equal('/sys/fs/cgroup/unified')
  })

  it('need not be there', () => {
    expect(found('31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw', '36 31 0:33 / /cg rw - cgroup cgroup rw')).to.equal(
      undefined,
    )
  })
})

describe('scripts/cgroup: what is left of owners that are gone', () => {
  const base = join(unifiedRoot() ?? '/', `${testCgroup}-sweep`)
  const sleepers: ChildProcess[] = []
  beforeEach(function () {
    if (!canContain) return this.skip()
    mkdirSync(base)
  })
  afterEach(async () => {
    for (const sleeper of sleepers.splice(0)) sleeper.kill('SIGKILL')
    if (!existsSync(base)) return
    for (const name of readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      rmdirSync(join(base, name.name, 'r-0'))
      rmdirSync(join(base, name.name))
    }
    rmdirSync(base)
  })

  /** A process in a leaf of an owner of that name. */
  const inhabit = (owner: string) => {
    const leaf = join(base, owner, 'r-0')
    mkdirSync(leaf, { recursive: true })
    const sleeper = spawn('/bin/sleep', ['30'], { stdio: 'ignore' })
    sleepers.push(sleeper)
    writeFileSync(join(leaf, 'cgroup.procs'), String(sleeper.pid))
    return { leaf, sleeper }
  }
  const goneOwner = async (): Promise<string> => {
    const child = spawn('/bin/true', { stdio: 'ignore' })
    const name = ownerName(child.pid!)
    await once(child, 'exit')
    return name
  }

  it('is killed and removed', async () => {
    const { sleeper } = inhabit(await goneOwner())
    const [count] = await Promise.all([sweep(base), once(sleeper, 'exit')])
    expect([count, sleeper.signalCode]).to.deep.equal([1, 'SIGKILL'])
    expect(readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isDirectory())).to.deep.equal([])
  })

  it('never is of one that lives, nor of one in another pid namespace, nor of a stranger', async () => {
    const [, pid, start] = (await goneOwner()).split('-')
    const others = [ownerName(process.pid), `1-${pid}-${start}`, 'user.slice']
    const leaves = others.map(inhabit)
    expect(await sweep(base)).to.equal(0)
    expect(leaves.map(({ leaf, sleeper }) => pidsIn(leaf).includes(sleeper.pid!))).to.deep.equal([true, true, true])
    const exits = leaves.map(({ sleeper }) => once(sleeper, 'exit'))
    for (const { leaf } of leaves) killAll(leaf)
    await Promise.all(exits)
  })

  it('is killed one by one where the kernel knows no better', async () => {
    const { leaf, sleeper } = inhabit(await goneOwner())
    const other = spawn('/bin/sleep', ['30'], { stdio: 'ignore' })
    sleepers.push(other)
    writeFileSync(join(leaf, 'cgroup.procs'), String(other.pid))
    const exits = [sleeper, other].map((process) => once(process, 'exit'))
    killOneByOne(leaf)
    await Promise.all(exits)
    expect([sleeper.signalCode, other.signalCode]).to.deep.equal(['SIGKILL', 'SIGKILL'])
  })

  it('is of a pid that was given again', async () => {
    const [namespace] = ownerName(process.pid).split('-')
    const { sleeper } = inhabit(`${namespace}-${process.pid}-1`)
    const [count] = await Promise.all([sweep(base), once(sleeper, 'exit')])
    expect(count).to.equal(1)
  })
})
