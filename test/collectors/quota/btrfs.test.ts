import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { readBtrfs, subvolumeIn } from '../../../src/collectors/quota/btrfs.ts'
import type { RunTool } from '../../../src/collectors/quota/run-tool.ts'
import { makeGear } from '../../support/gear.ts'
import { useTempDir } from '../../support/temp.ts'

const FSID = 'a7240d22-e39d-4c94-b203-8a90492d50ab'
const QGROUPS = `fs/btrfs/${FSID}/qgroups`
const HOMES: readonly (readonly [string, string])[] = [
  ['aa11', '152787b2aab01d3f'],
  ['bb22', '152787b2aab01d3e'],
  ['cc33', '152787b2aab01d3d'],
  ['plain', '152787b2aab01c3a'],
]

describe('quota/btrfs', () => {
  const sysRoot = useTempDir()
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      const full = join(sysRoot(), path)
      mkdirSync(dirname(full), { recursive: true })
      writeFileSync(full, `${text}\n`)
    }
  }
  const qgroup = (id: number, numbers: readonly [number, number, number, number, number]): void => {
    const names = ['limit_flags', 'referenced', 'max_referenced', 'exclusive', 'max_exclusive']
    write(Object.fromEntries(names.map((name, at) => [`${QGROUPS}/0_${id}/${name}`, String(numbers[at])])))
  }
  const calls: (readonly [string, readonly string[]])[] = []
  beforeEach(() => {
    calls.splice(0)
    write({
      [`fs/btrfs/${FSID}/devices/no-such-device`]: '',
      'fs/btrfs/features/x': '1',
      [`${QGROUPS}/enabled`]: '1',
      [`${QGROUPS}/inconsistent`]: '0',
    })
    qgroup(5, [0, 9, 0, 9, 0])
    qgroup(256, [1, 3_088_384, 10_485_760, 16_384, 0])
    qgroup(257, [0, 16_384, 0, 16_384, 0])
    qgroup(258, [2, 32_768, 0, 16_384, 20_971_520])
  })

  const stat: RunTool = async (file, args) => {
    calls.push([file, args])
    const known = HOMES.filter(([home]) => args.includes(`/${home}`))
    return { status: 'ended', exitCode: 1, stdout: known.map(([home, id]) => `${id} /${home}\n`).join(''), stderr: '' }
  }
  const read = async (homes: readonly string[], device = '/dev/no-such-device', run = stat) => {
    const pairs = homes.map((id) => [makeGear(id), `/${id}`] as const)
    const inodeOf = async (path: string) => (path === '/plain' ? 257 : 256)
    const parts = { device, sysRoot: sysRoot(), run, abort: new AbortController().signal, inodeOf }
    const report = await readBtrfs(pairs, parts)
    return report.status === 'none' ? report.why : [...report.usages].map(([{ id }, { bytes }]) => ({ id, ...bytes }))
  }

  it('takes the id of a subvolume out of what statfs says', () => {
    expect(HOMES.map(([, id]) => subvolumeIn(id, FSID))).to.deep.equal([256n, 257n, 258n, 5n])
  })

  it('tells usage and limit of each subvolume, of the kind that is limited', async () => {
    expect(await read(['aa11', 'bb22', 'cc33'])).to.deep.equal([
      { id: 'aa11', used: 3_088_384, limit: 10_485_760 },
      { id: 'bb22', used: 16_384 },
      { id: 'cc33', used: 16_384, limit: 20_971_520 },
    ])
    expect(calls).to.deep.equal([['stat', ['-f', '-c', '%i %n', '--', '/aa11', '/bb22', '/cc33']]])
  })

  it('tells nothing of a home that is no subvolume, that has vanished, or that has no qgroup', async () => {
    expect(await read(['plain', 'gone', 'bb22'])).to.deep.equal([{ id: 'bb22', used: 16_384 }])
    expect(await read(['plain'])).to.deep.equal([])
    expect(calls, 'no process for nothing').to.have.length(1)
  })

  it('tells nothing when the tool fails or prints something else', async () => {
    expect(await read(['aa11'], undefined, async () => ({ status: 'failed', why: 'stat failed' }))).to.equal(
      'stat failed',
    )
    const odd = '152787b2aab01d3f\n-1 /aa11\nffffffffffffffffff /aa11\n152787b2aab01d3f /zz99\n'
    const run: RunTool = async () => ({ status: 'ended', exitCode: 0, stdout: odd, stderr: '' })
    expect(await read(['aa11'], undefined, run)).to.deep.equal([])
  })

  it('says why there is nothing: another device, no quota, quota that is being counted', async () => {
    expect(await read(['aa11'], '/dev/other')).to.match(/^\/dev\/other is no Btrfs that .*fs\/btrfs knows$/)
    write({ [`${QGROUPS}/inconsistent`]: '1' })
    expect(await read(['aa11'])).to.match(/is inconsistent until it is scanned again$/)
    write({ [`${QGROUPS}/enabled`]: '0' })
    expect(await read(['aa11'])).to.match(/is switched off$/)
  })
})
