import { closeSync, fstatSync, readdirSync, readSync, writeSync } from 'node:fs'
import { expect } from 'chai'
import { createFifos } from '../../../src/scripts/spawner/fifos.ts'
import { useTempDir } from '../../support/temp.ts'

const own = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }

describe('scripts/spawner/fifos', () => {
  const place = useTempDir()
  const taken: number[] = []
  afterEach(() => {
    for (const fd of taken.splice(0)) closeSync(fd)
  })
  const take = (fifos = createFifos([place()]), owner = own) => {
    const fifo = fifos.take(owner)
    taken.push(fifo.readEnd, fifo.writeEnd)
    return fifo
  }
  const closeNow = (fd: number): void => {
    closeSync(fd)
    taken.splice(taken.indexOf(fd), 1)
  }

  it('is a pipe of its owner that nobody else may open, and has no name', () => {
    const { readEnd, writeEnd } = take()
    const stats = fstatSync(writeEnd)
    expect([stats.isFIFO(), stats.uid, stats.gid, stats.mode & 0o777]).to.deep.equal([true, own.uid, own.gid, 0o600])
    expect(readdirSync(place())).to.deep.equal([])
    writeSync(writeEnd, 'a=1\n')
    const bytes = Buffer.alloc(10)
    expect(readSync(readEnd, bytes)).to.equal(4)
  })

  it('does not block without input, and ends with its last writer', () => {
    const { readEnd, writeEnd } = take()
    expect(() => readSync(readEnd, Buffer.alloc(1))).to.throw(/EAGAIN/)
    closeNow(writeEnd)
    expect(readSync(readEnd, Buffer.alloc(1))).to.equal(0)
  })

  it('is used again, by the same owner only', function () {
    if (own.uid !== 0) return this.skip()
    const fifos = createFifos([place()])
    const [one, other] = [
      { uid: 54_321, gid: 54_321 },
      { uid: 54_322, gid: 54_322 },
    ]
    const first = take(fifos, one)
    closeNow(first.writeEnd)
    taken.splice(taken.indexOf(first.readEnd), 1)
    fifos.giveBack(one, first.readEnd)
    expect(take(fifos, other).readEnd).not.to.equal(first.readEnd)
    expect(take(fifos, one).readEnd).to.equal(first.readEnd)
    expect(take(fifos, one).readEnd).not.to.equal(first.readEnd)
  })

  it('keeps few of the used ones', () => {
    const fifos = createFifos([place()])
    const before = readdirSync('/proc/self/fd').length
    const many = Array.from({ length: 100 }, () => fifos.take(own))
    for (const { readEnd, writeEnd } of many) {
      closeSync(writeEnd)
      fifos.giveBack(own, readEnd)
    }
    // those kept, and the rest of the last batch
    expect(readdirSync('/proc/self/fd').length - before).to.be.at.most(64)
  })

  it('is made elsewhere when one place is closed, and throws when all are', () => {
    expect(take(createFifos(['/proc', place()])).readEnd).to.be.a('number')
    expect(() => createFifos(['/proc']).take(own)).to.throw(/EACCES|ENOENT|EPERM/)
  })
})
