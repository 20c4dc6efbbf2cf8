import { execFileSync } from 'node:child_process'
import { closeSync, fsyncSync, ftruncateSync, globSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createQuotaCollector } from '../../../src/collectors/quota/quota.ts'
import { quotaSchema } from '../../../src/collectors/quota/settings.ts'
import { silentLogger } from '../../../src/logger.ts'
import type { Metric } from '../../../src/metric.ts'
import { type Needed, need } from '../../services/packages.ts'
import { ManualClock } from '../../support/clock.ts'
import { makeGear } from '../../support/gear.ts'
import { isRoot } from '../../support/node-tree.ts'
import { useTempDir } from '../../support/temp.ts'

const MIB = 1 << 20

/** A program of the package that the other one is in. */
const programBeside = ({ root }: Extract<Needed, { found: true }>, name: string) => {
  const [path = name] = globSync(`{,usr/}{,s}bin/${name}`, { cwd: root })
  const libraries = globSync('{,usr/}lib/*-linux-gnu', { cwd: root }).map((directory) => join(root, directory))
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') }
  return (...args: readonly string[]): string =>
    execFileSync(join(root, path), args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** A Btrfs on a file; its loop device goes with the mount. @returns whether this system can do that */
const mountBtrfs = (image: string, directory: string, mkfs: (...args: readonly string[]) => string): boolean => {
  const fd = openSync(image, 'w')
  ftruncateSync(fd, 256 * MIB)
  closeSync(fd)
  mkfs('-q', image)
  mkdirSync(directory)
  try {
    execFileSync('mount', ['-o', 'loop', image, directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('collectors/quota on a real Btrfs', () => {
  const temp = useTempDir()
  it('agrees with what was written and allowed', async function () {
    this.timeout(300_000)
    if (!isRoot) return this.skip()
    const package_ = await need('btrfs-progs', 'mkfs.btrfs', ['liblzo2-2'])
    if (!package_.found) return this.skip()
    const base = join(temp(), 'base')
    if (!mountBtrfs(join(temp(), 'image'), base, programBeside(package_, 'mkfs.btrfs'))) return this.skip()
    try {
      await agrees(base, programBeside(package_, 'btrfs'))
    } finally {
      // before the directory around it is removed
      execFileSync('umount', [base])
    }
  })
})

/** Makes subvolumes on a new Btrfs and holds what is measured of them against what btrfs(8) says. */
const agrees = async (base: string, btrfs: (...args: readonly string[]) => string): Promise<void> => {
  for (const id of ['aa11', 'b b22\nx']) btrfs('subvolume', 'create', join(base, id))
  mkdirSync(join(base, 'plain'))

  const said: string[] = []
  const collector = createQuotaCollector({
    quota: quotaSchema.parse(undefined),
    baseDir: base,
    clock: new ManualClock(),
    logger: { ...silentLogger, info: (message) => said.push(message) },
  })
  const gears = ['aa11', 'plain'].map((id) => makeGear(id, { home: join(base, id) }))
  const collect = async () => {
    const emitted: (readonly Metric[])[] = []
    await collector.collect(gears, (signals) => emitted.push(signals as Metric[]), new AbortController().signal)
    return emitted.map((metrics) => Object.fromEntries(metrics.map(({ name, value }) => [name, value])))
  }
  expect(await collect()).to.deep.equal([])
  expect(said[0]).to.match(/^disk quota: none, quota of Btrfs .* is switched off$/)

  btrfs('quota', 'enable', base)
  btrfs('qgroup', 'limit', '10M', join(base, 'aa11'))
  const fd = openSync(join(base, 'aa11/file'), 'w')
  writeFileSync(fd, Buffer.alloc(3 * MIB, 'x'))
  fsyncSync(fd)
  closeSync(fd)
  btrfs('quota', 'rescan', '-w', base)
  btrfs('filesystem', 'sync', base)

  const shown = btrfs('qgroup', 'show', '--raw', '-ref', join(base, 'aa11'))
  const [, referenced] = /^0\/\d+\s+(\d+)\s/m.exec(shown) ?? []
  const [aa11, ...others] = await collect()
  expect(others, 'a directory is no subvolume').to.deep.equal([])
  expect(aa11).to.include({
    'container.filesystem.usage': Number(referenced),
    'container.filesystem.limit': 10 * MIB,
    'quota.blocks.used': Number(referenced) / 1024,
    'quota.blocks.limit': 10_240,
  })
  expect(aa11!['container.filesystem.usage']).to.be.within(3 * MIB, 4 * MIB)
  expect(said[1]).to.match(/^disk quota: Btrfs qgroups of \/dev\/loop\d+$/)
}
