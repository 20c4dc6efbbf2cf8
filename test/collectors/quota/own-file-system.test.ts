import { expect } from 'chai'
import { readOwnFileSystems } from '../../../src/collectors/quota/own-file-system.ts'
import { createFileSystemReader, type Statfs } from '../../../src/host/file-systems.ts'
import { ManualClock } from '../../support/clock.ts'
import { makeGear } from '../../support/gear.ts'

type StatfsResult = Awaited<ReturnType<Statfs>>

const DISK: StatfsResult = { bsize: 4096, blocks: 1000, bfree: 300, bavail: 250, files: 500, ffree: 480 }
const mountAt = (point: string) => ({ device: '8:3', root: '/', point, type: 'ext4', source: '/dev/sdb', options: [] })

describe('quota/own-file-system', () => {
  const read = async (answers: Readonly<Record<string, StatfsResult>>) => {
    const statfs = async (path: string): Promise<StatfsResult> => {
      const answer = answers[path]
      if (!answer) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      return answer
    }
    const reader = createFileSystemReader({ clock: new ManualClock(), timeoutMs: 1000, statfs })
    const own = ['aa11', 'bb22'].map((id) => [makeGear(id), mountAt(`/${id}`)] as const)
    const usages = await readOwnFileSystems(own, { reader, abort: new AbortController().signal })
    return Object.fromEntries([...usages].map(([{ id }, usage]) => [id, usage]))
  }

  it('counts what is used, and as limit what others than root can use', async () => {
    expect(await read({ '/aa11': DISK, '/bb22': { ...DISK, blocks: 300, bavail: 300, bfree: 300 } })).to.deep.equal({
      aa11: { bytes: { used: 700 * 4096, limit: 950 * 4096 }, files: { used: 20, limit: 500 } },
      bb22: { bytes: { used: 0, limit: 300 * 4096 }, files: { used: 20, limit: 500 } },
    })
  })

  it('counts no files where the file system has no limit of them', async () => {
    expect((await read({ '/aa11': { ...DISK, files: 0, ffree: 0 } })).aa11).not.to.have.property('files')
  })

  it('leaves out one that cannot be asked', async () => {
    expect(Object.keys(await read({ '/bb22': DISK }))).to.deep.equal(['bb22'])
  })
})
