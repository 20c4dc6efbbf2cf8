import { createSocket } from 'node:dgram'
import { expect } from 'chai'
import { type Receiver, ReceiverError } from '../../src/receivers/receiver.ts'
import { udp } from '../../src/receivers/udp.ts'
import { Collected } from './collect.ts'

describe('UDP receiver', () => {
  let got: Collected
  let receiver: Receiver
  const sender = createSocket('udp4').unref()
  const send = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const port = Number(receiver.address.split(':').at(-1))
      sender.send(text, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()))
    })
  beforeEach(async () => {
    got = new Collected()
    receiver = udp.create(udp.schema.parse({ port: 0, maxFrameBytes: 480 }), got)
    await receiver.open()
  })
  afterEach(() => receiver.close())
  after(() => sender.close())

  it('takes each datagram as a frame and believes no attribution', async () => {
    await send('<13>one')
    await send('two\nlines')
    await got.until(2)
    expect(got.frames).to.deep.equal(['<13>one', 'two\nlines'])
    expect([...got.trusted]).to.deep.equal([false])
  })

  it('refuses a datagram that is too large', async () => {
    await send('x'.repeat(481))
    await send('x'.repeat(480))
    await got.until(1, 1)
    expect(got.refused).to.deep.equal(['frame-too-large'])
  })

  it('hands over what has arrived before it closes', async () => {
    for (let count = 0; count < 200; count += 1) await send('x')
    await receiver.close()
    expect(got.frames).to.have.lengthOf(200)
    receiver = udp.create(udp.schema.parse({ port: 0 }), got)
    await receiver.open()
  })

  it('says which address cannot be had', async () => {
    const port = Number(receiver.address.split(':').at(-1))
    const second = udp.create(udp.schema.parse({ port }), got)
    const thrown = await second.open().catch((error: unknown) => error)
    expect(thrown).to.be.instanceOf(ReceiverError)
    expect(String(thrown)).to.include('EADDRINUSE')
    await second.close()
  })
})
