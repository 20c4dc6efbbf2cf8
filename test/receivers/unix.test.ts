import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { ReceiverError } from '../../src/receivers/receiver.ts'
import { unix } from '../../src/receivers/unix.ts'
import { useTempDir } from '../support/temp.ts'
import { Collected, connectTo } from './collect.ts'

describe('Unix receiver', () => {
  const directory = useTempDir()
  const path = (): string => join(directory(), 'run', 's.sock')
  const make = (got = new Collected(), settings: object = {}) =>
    unix.create(unix.schema.parse({ path: path(), ...settings }), got)
  const failure = async (opening: Promise<void>): Promise<unknown> =>
    opening.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )

  it('is for us alone: socket 0600 in a directory 0700', async () => {
    const umask = process.umask(0)
    const receiver = make()
    try {
      await receiver.open()
      expect(statSync(path()).mode & 0o777).to.equal(0o600)
      expect(statSync(join(directory(), 'run')).mode & 0o777).to.equal(0o700)
      expect(process.umask(), 'umask is put back').to.equal(0)
    } finally {
      process.umask(umask)
      await receiver.close()
    }
  })

  it('believes attribution unless told otherwise', async () => {
    for (const attribution of [true, false]) {
      const got = new Collected()
      const receiver = make(got, attribution ? {} : { attribution })
      await receiver.open()
      const socket = await connectTo(receiver.address)
      socket.end('2 hi')
      await got.until(1)
      expect([...got.trusted]).to.deep.equal([attribution])
      await receiver.close()
    }
  })

  it('removes its socket when it closes', async () => {
    const receiver = make()
    await receiver.open()
    await receiver.close()
    expect(existsSync(path())).to.equal(false)
  })

  it('takes the place of a socket that nobody answers on', async () => {
    mkdirSync(join(directory(), 'run'))
    const dead = createServer().listen({ path: join(directory(), 'run', 'other') })
    await once(dead, 'listening')
    // a rename keeps close() from removing the file, as when a process is killed
    renameSync(join(directory(), 'run', 'other'), path())
    dead.close()
    await once(dead, 'close')
    expect(statSync(path()).isSocket()).to.equal(true)
    const got = new Collected()
    const receiver = make(got)
    await receiver.open()
    const socket = await connectTo(receiver.address)
    socket.end('2 hi')
    await got.until(1)
    await receiver.close()
  })

  it('does not push aside another process that listens', async () => {
    const first = make()
    await first.open()
    const thrown = await failure(make().open())
    expect(thrown).to.be.instanceOf(ReceiverError)
    expect(String(thrown)).to.include('another process listens')
    expect(existsSync(path())).to.equal(true)
    await first.close()
  })

  it('does not remove a file that is no socket', async () => {
    mkdirSync(join(directory(), 'run'))
    writeFileSync(path(), 'precious')
    expect(await failure(make().open())).to.be.instanceOf(ReceiverError)
    expect(readFileSync(path(), 'utf8')).to.equal('precious')
  })

  it('says why it cannot make its directory', async () => {
    writeFileSync(join(directory(), 'run'), '')
    expect(String(await failure(make().open()))).to.match(/unix: E(EXIST|NOTDIR)/)
  })
})
