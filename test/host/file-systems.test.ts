import { expect } from 'chai'
import { createFileSystemReader, type Statfs } from '../../src/host/file-systems.ts'
import { ManualClock, settle } from '../support/clock.ts'

const FIGURES = { bsize: 4096, blocks: 100, bfree: 40, bavail: 30, files: 1000, ffree: 900 }
const mountAt = (mountPoint: string) => ({ device: `/dev${mountPoint}`, mountPoint, type: 'ext4' })
const never = new Promise<never>(() => undefined)
const going = new AbortController().signal

/** Paths below /hung do not answer until they are told to. */
const makeReader = () => {
  const asked: string[] = []
  const wake: (() => void)[] = []
  const statfs: Statfs = async (path) => {
    asked.push(path)
    if (path.startsWith('/hung')) await new Promise<void>((resolve) => wake.push(resolve))
    if (path.startsWith('/denied')) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    return FIGURES
  }
  const clock = new ManualClock()
  return { reader: createFileSystemReader({ clock, timeoutMs: 1000, statfs }), clock, asked, wake }
}

describe('host/file-systems', () => {
  it('turns blocks into bytes', async () => {
    const { reader } = makeReader()
    expect((await reader.read([mountAt('/a')], going)).measured).to.deep.equal([
      { ...mountAt('/a'), total: 409_600, free: 163_840, available: 122_880, inodes: 1000, inodesFree: 900 },
    ])
  })

  it('counts in fragments where they are told', async () => {
    const statfs: Statfs = async () => ({ ...FIGURES, frsize: 512 })
    const reader = createFileSystemReader({ clock: new ManualClock(), timeoutMs: 1000, statfs })
    expect((await reader.read([mountAt('/a')], going)).measured[0]?.total).to.equal(51_200)
  })

  it('goes on after one that is denied, and says why', async () => {
    const { reader } = makeReader()
    const { measured, unmeasured } = await reader.read([mountAt('/denied'), mountAt('/b')], going)
    expect(measured.map(({ mountPoint }) => mountPoint)).to.deep.equal(['/b'])
    expect(unmeasured).to.deep.equal([{ ...mountAt('/denied'), fault: 'EACCES: permission denied' }])
  })

  it('waits so long for one that hangs and no longer, and asks it again only after it has answered', async () => {
    const { reader, clock, asked, wake } = makeReader()
    const first = reader.read([mountAt('/hung'), mountAt('/b')], going)
    await settle()
    await clock.advance(1000)
    const { measured, unmeasured } = await first
    expect(measured.map(({ mountPoint }) => mountPoint)).to.deep.equal(['/b'])
    expect(unmeasured.map(({ fault }) => fault)).to.deep.equal(['no answer within 1000 ms'])

    const second = await reader.read([mountAt('/hung')], going)
    expect(second.unmeasured.map(({ fault }) => fault)).to.deep.equal(['still hangs'])
    expect(asked).to.deep.equal(['/hung', '/b'])

    wake[0]?.()
    await settle()
    const third = reader.read([mountAt('/hung')], going)
    wake[1]?.()
    expect((await third).measured).to.have.length(1)
  })

  it('asks none any more while two hang: four threads do all file work', async () => {
    const { reader, clock, asked } = makeReader()
    const reading = reader.read(['/hung1', '/hung2', '/c'].map(mountAt), going)
    await settle()
    await clock.advance(1000)
    await clock.advance(1000)
    expect((await reading).unmeasured.map(({ mountPoint }) => mountPoint)).to.deep.equal(['/hung1', '/hung2', '/c'])
    expect(asked).to.deep.equal(['/hung1', '/hung2'])
  })

  it('stops when it is told to', async () => {
    const abort = new AbortController()
    const reader = createFileSystemReader({ clock: new ManualClock(), timeoutMs: 1000, statfs: () => never })
    const reading = reader.read([mountAt('/a'), mountAt('/b')], abort.signal)
    abort.abort()
    expect((await reading).measured).to.deep.equal([])
  })

  it('leaves no one waiting for the clock', async () => {
    const { reader, clock } = makeReader()
    await reader.read([mountAt('/a'), mountAt('/denied')], going)
    expect(clock.sleeping).to.equal(0)
  })
})
