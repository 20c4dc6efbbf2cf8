import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { expect } from 'chai'
import { createUdpSender } from '../../../src/backends/statsd/sender.ts'
import { ManualClock } from '../../support/clock.ts'

const loopback = { address: '127.0.0.1', family: 4 }

describe('UDP sender', () => {
  let target: Socket
  let clock: ManualClock
  const settings = (): { host: string; port: number; refreshMs: number } => ({
    host: 'graphs',
    port: target.address().port,
    refreshMs: 1000,
  })

  beforeEach(async () => {
    clock = new ManualClock()
    target = createSocket('udp4').bind(0, '127.0.0.1')
    await once(target, 'listening')
  })
  afterEach(() => target.close())

  it('sends each packet as a datagram, in order', async () => {
    const sender = createUdpSender(settings(), clock, async () => loopback)
    const received: string[] = []
    const all = new Promise<void>((resolve) => {
      target.on('message', (message) => received.push(String(message)) === 2 && resolve())
    })
    await sender.send([Buffer.from('one'), Buffer.from('two')])
    await all
    expect(received).to.deep.equal(['one', 'two'])
    sender.close()
  })

  it('asks for the address again only after the refresh time', async () => {
    let asked = 0
    const sender = createUdpSender(settings(), clock, async () => {
      asked += 1
      return loopback
    })
    await sender.send([])
    await clock.advance(999)
    await sender.send([])
    expect(asked).to.equal(1)
    await clock.advance(1)
    await sender.send([])
    expect(asked).to.equal(2)
    sender.close()
  })

  it('keeps the last address while the name cannot be resolved', async () => {
    const answers = [async () => loopback, () => Promise.reject(new Error('no such name'))]
    const sender = createUdpSender(settings(), clock, () => answers.shift()!())
    await sender.send([])
    await clock.advance(1000)
    const arrival = once(target, 'message')
    await sender.send([Buffer.from('still here')])
    expect(String((await arrival)[0])).to.equal('still here')
    sender.close()
  })

  it('fails while the name has never been resolved, and asks again each time', async () => {
    const answers = [() => Promise.reject(new Error('no such name')), async () => loopback]
    const sender = createUdpSender(settings(), clock, () => answers.shift()!())
    const failure = await sender.send([Buffer.from('x')]).catch((thrown: Error) => thrown.message)
    expect(failure).to.equal('no such name')
    await sender.send([Buffer.from('x')])
    sender.close()
  })

  it('fails while nobody listens, and goes on when somebody does', async () => {
    const { port } = target.address()
    const sender = createUdpSender(settings(), clock, async () => loopback)
    await new Promise<void>((resolve) => target.close(resolve))
    for (const attempt of [1, 2, 3]) {
      const failure = await sender.send([Buffer.from('x')]).catch((thrown: Error) => thrown.message)
      expect(failure, `attempt ${attempt}`).to.match(/nobody listens at 127\.0\.0\.1|ECONNREFUSED/)
    }
    target = createSocket('udp4').bind(port, '127.0.0.1')
    await once(target, 'listening')
    const arrival = once(target, 'message')
    await sender.send([Buffer.from('there you are')])
    expect(String((await arrival)[0])).to.equal('there you are')
    sender.close()
  })

  it('fails when the kernel refuses the packet', async () => {
    const sender = createUdpSender(settings(), clock, async () => loopback)
    const failure = await sender.send([Buffer.alloc(70_000)]).catch((thrown: NodeJS.ErrnoException) => thrown.code)
    expect(failure).to.equal('EMSGSIZE')
    sender.close()
  })
})
