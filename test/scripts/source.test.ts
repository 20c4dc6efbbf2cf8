import { closeSync, fstatSync, writeSync } from 'node:fs'
import { expect } from 'chai'
import { fifoSource } from '../../src/scripts/source.ts'
import { createFifos } from '../../src/scripts/spawner/fifos.ts'
import { useTempDir } from '../support/temp.ts'

const own = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }

describe('scripts/source: a FIFO', () => {
  const place = useTempDir()

  const open = () => {
    const { readEnd, writeEnd } = createFifos([place()]).take(own)
    const chunks: string[] = []
    const given: number[] = []
    let hear: () => void = () => {}
    const source = fifoSource(readEnd, (fd) => void given.push(fd))
    const closed = new Promise<void>((resolve) =>
      source.read((chunk) => {
        chunks.push(chunk.toString())
        hear()
      }, resolve),
    )
    const heard = (): Promise<void> =>
      new Promise((resolve) => {
        hear = resolve
      })
    return { source, readEnd, writeEnd, chunks, given, closed, heard }
  }
  const isOpen = (fd: number): boolean => {
    try {
      return fstatSync(fd).isFIFO()
    } catch {
      return false
    }
  }

  it('is read in one go after the script has ended, and given back', async () => {
    const { source, readEnd, writeEnd, chunks, given, closed } = open()
    writeSync(writeEnd, 'a=1\nb=2\n')
    closeSync(writeEnd)
    source.drain()
    await closed
    expect([chunks, given]).to.deep.equal([['a=1\nb=2\n'], [readEnd]])
    closeSync(readEnd)
  })

  it('is listened to while a script runs on, and then not used again', async () => {
    const { readEnd, writeEnd, chunks, given, closed, heard } = open()
    const first = heard()
    writeSync(writeEnd, 'a=1\n')
    await first
    closeSync(writeEnd)
    await closed
    expect([chunks, given, isOpen(readEnd)]).to.deep.equal([['a=1\n'], [], false])
  })

  it('is listened to when somebody holds it after the script has ended', async () => {
    const { source, writeEnd, chunks, closed, heard } = open()
    writeSync(writeEnd, 'a=1\n')
    source.drain()
    const second = heard()
    writeSync(writeEnd, 'b=2\n')
    await second
    source.close()
    await closed
    expect(chunks).to.deep.equal(['a=1\n', 'b=2\n'])
    closeSync(writeEnd)
  })

  it('may be closed by who takes the first chunk, and is then not given back', async () => {
    const { readEnd, writeEnd } = createFifos([place()]).take(own)
    const given: number[] = []
    const source = fifoSource(readEnd, (fd) => void given.push(fd))
    const closed = new Promise<void>((resolve) => source.read(() => source.close(), resolve))
    writeSync(writeEnd, 'a=1\n')
    source.drain()
    await closed
    expect([given, isOpen(readEnd)]).to.deep.equal([[], false])
    closeSync(writeEnd)
  })
})
