import type { Socket } from 'node:net'
import { expect } from 'chai'
import type { Receiver } from '../../src/receivers/receiver.ts'
import { tcp } from '../../src/receivers/tcp.ts'
import { Collected, closed, connectTo } from './collect.ts'

describe('stream receiver', () => {
  let receiver: Receiver
  let got: Collected
  const sockets: Socket[] = []
  const open = async (settings: object = {}): Promise<void> => {
    got = new Collected()
    receiver = tcp.create(tcp.schema.parse({ port: 0, ...settings }), got)
    await receiver.open()
  }
  const connect = async (): Promise<Socket> => {
    const socket = await connectTo(receiver.address)
    socket.on('error', () => {}).resume()
    sockets.push(socket)
    return socket
  }
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await receiver.close()
  })

  it('splits counted and LF-terminated frames, mixed and cut anywhere', async () => {
    await open()
    const socket = await connect()
    socket.setNoDelay()
    for (const part of ['5 he', 'llo7 a\nb\ncd', 'e<13>x', 'y\n1', '0 0123456789']) {
      socket.write(part)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await got.until(4)
    expect(got.frames).to.deep.equal(['hello', 'a\nb\ncde', '<13>xy', '0123456789'])
    expect(got.refused).to.deep.equal([])
  })

  it('takes the last line of a connection that ends without LF', async () => {
    await open()
    ;(await connect()).end('<13>last')
    await got.until(1)
    expect(got.frames).to.deep.equal(['<13>last'])
  })

  it('closes a connection with bad framing, counts that, and leaves the others alone', async () => {
    await open()
    const [bad, good] = [await connect(), await connect()]
    bad.write('2 ok0 broken')
    await closed(bad)
    good.write('2 hi')
    await got.until(2, 1)
    expect(got.frames).to.deep.equal(['ok', 'hi'])
    expect(got.refused).to.deep.equal(['bad-framing'])
  })

  it('closes a connection that announces too large a frame', async () => {
    await open({ maxFrameBytes: 480 })
    const socket = await connect()
    socket.write('481 ')
    await closed(socket)
    expect(got.refused).to.deep.equal(['frame-too-large'])
  })

  it('drops too long a line alone', async () => {
    await open({ maxFrameBytes: 480 })
    ;(await connect()).write(`<13>${'x'.repeat(480)}\n<13>ok\n`)
    await got.until(1, 1)
    expect(got.frames).to.deep.equal(['<13>ok'])
    expect(got.refused).to.deep.equal(['frame-too-large'])
  })

  it('counts a frame that is cut off by the end of its connection', async () => {
    await open()
    ;(await connect()).end('10 half')
    await got.until(0, 1)
    expect(got.refused).to.deep.equal(['cut-off'])
  })

  it('does not wait for ever for the rest of a frame, even when bytes keep dripping in', async () => {
    await open({ frameTimeoutMs: 40 })
    const socket = await connect()
    socket.write('60000 ')
    const drip = setInterval(() => socket.write('x'), 5)
    await closed(socket)
    clearInterval(drip)
    expect(got.refused).to.deep.equal(['half-frame'])
  })

  it('lets an idle connection be, and one whose frames keep coming', async () => {
    await open({ frameTimeoutMs: 200 })
    const idle = await connect()
    const busy = await connect()
    const begunMs = performance.now()
    while (performance.now() - begunMs < 500) {
      busy.write('hello3 abc5 '.slice(got.frames.length === 0 ? 5 : 0)) // each write ends inside the next frame
      const count = got.frames.length
      await got.until(count + 1)
    }
    idle.write('2 hi')
    await got.until(got.frames.length + 1)
    expect(got.frames.at(-1)).to.equal('hi')
    expect(got.refused).to.deep.equal([])
  })

  it('lets in no more connections than it may, and counts those', async () => {
    await open({ maxConnections: 1 })
    const first = await connect()
    first.write('2 hi')
    await got.until(1)
    const second = await connect()
    await closed(second)
    expect(got.refused).to.deep.equal(['too-many-connections'])
  })

  it('hands over what has arrived before it closes', async () => {
    await open()
    const socket = await connect()
    await new Promise<void>((resolve) => socket.write('1 x'.repeat(10_000), () => resolve()))
    await receiver.close()
    expect(got.frames).to.have.lengthOf(10_000)
    await open() // for afterEach
  })
})
