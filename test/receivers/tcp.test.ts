import { expect } from 'chai'
import { ReceiverError } from '../../src/receivers/receiver.ts'
import { tcp } from '../../src/receivers/tcp.ts'
import { Collected, connectTo } from './collect.ts'

describe('TCP receiver', () => {
  it('tells its real port, and believes attribution only when told to', async () => {
    for (const attribution of [false, true]) {
      const got = new Collected()
      const receiver = tcp.create(tcp.schema.parse({ port: 0, ...(attribution && { attribution }) }), got)
      await receiver.open()
      expect(receiver.address).to.match(/^tcp:127\.0\.0\.1:[1-9]\d*$/)
      const socket = await connectTo(receiver.address)
      socket.end('2 hi')
      await got.until(1)
      expect([...got.trusted]).to.deep.equal([attribution])
      await receiver.close()
    }
  })

  it('says which address cannot be had', async () => {
    const got = new Collected()
    const first = tcp.create(tcp.schema.parse({ port: 0 }), got)
    await first.open()
    const second = tcp.create(tcp.schema.parse({ port: Number(first.address.split(':').at(-1)) }), got)
    const thrown = await second.open().catch((error: unknown) => error)
    expect(thrown).to.be.instanceOf(ReceiverError)
    expect(String(thrown)).to.include('EADDRINUSE')
    await first.close()
    await second.close()
  })
})
