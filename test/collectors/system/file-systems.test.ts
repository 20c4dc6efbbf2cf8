import { expect } from 'chai'
import { createFileSystemFigures } from '../../../src/collectors/system/file-systems.ts'
import type { FileSystem } from '../../../src/host/file-systems.ts'
import { brief, makeFacts } from './facts.ts'

const root: FileSystem = {
  device: '/dev/a',
  mountPoint: '/',
  type: 'ext4',
  total: 1000,
  free: 400,
  available: 200,
  inodes: 50,
  inodesFree: 40,
}
const unmeasured = [{ device: '/dev/b', mountPoint: '/mnt', type: 'ext4', fault: 'no answer' }]
const START_MS = 1_700_000_000_000

describe('collectors/system/file-systems', () => {
  it('tells usage, limit and ratio of space and inodes', () => {
    const figures = createFileSystemFigures(() => false)(makeFacts({ fileSystems: { measured: [root], unmeasured } }))
    expect(brief(figures)).to.deep.equal({
      'system.filesystem.unmeasured': 1,
      'system.filesystem.usage /dev/a / ext4': 600,
      'system.filesystem.limit /dev/a / ext4': 1000,
      // the reserve of root is neither used nor to be had
      'system.filesystem.utilization /dev/a / ext4': 0.75,
      'system.filesystem.available /dev/a / ext4': 200,
      'system.filesystem.inode.usage /dev/a / ext4': 10,
      'system.filesystem.inode.limit /dev/a / ext4': 50,
      'system.filesystem.inode.utilization /dev/a / ext4': 0.2,
    })
  })

  it('names its labels', () => {
    const figures = createFileSystemFigures(() => false)(
      makeFacts({ fileSystems: { measured: [root], unmeasured: [] } }),
    )
    expect(figures.at(-1)?.labels).to.deep.equal({ device: '/dev/a', mountpoint: '/', type: 'ext4' })
  })

  it('says nothing of inodes where they are made as it goes', () => {
    const measured = [{ ...root, inodes: 0, inodesFree: 0 }]
    const figures = createFileSystemFigures(() => false)(makeFacts({ fileSystems: { measured, unmeasured: [] } }))
    expect(Object.keys(brief(figures)).filter((name) => name.includes('inode'))).to.deep.equal([])
  })

  it('leaves out types that are to be left out, and what has no size', () => {
    const measured = [
      { ...root, type: 'squashfs' },
      { ...root, device: '/dev/c', total: 0, free: 0 },
    ]
    const figuresOf = createFileSystemFigures((type) => type === 'squashfs')
    expect(brief(figuresOf(makeFacts({ fileSystems: { measured, unmeasured: [] } })))).to.deep.equal({
      'system.filesystem.unmeasured': 0,
    })
  })

  it('tells when it will be full for gears, once it has been growing for a while', () => {
    const figuresOf = createFileSystemFigures(() => false)
    const told = Array.from({ length: 8 }, (_, minute) => {
      const measured = [{ ...root, total: 1e6, free: 5e5 - minute * 60, available: 1000 - minute * 60 }]
      // in the fourth round it does not answer, which is no reason to forget
      const fileSystems =
        minute === 3 ? { measured: [], unmeasured: [{ ...root, fault: '' }] } : { measured, unmeasured: [] }
      const figures = figuresOf(makeFacts({ timeMs: START_MS + minute * 60_000, fileSystems }))
      return brief(figures)['system.filesystem.time_to_full /dev/a / ext4']
    })
    expect(told.slice(0, 5)).to.deep.equal([undefined, undefined, undefined, undefined, undefined])
    expect(told[5]).to.be.closeTo(700, 1e-6)
    expect(told[7]).to.be.closeTo(580, 1e-6)
  })
})
