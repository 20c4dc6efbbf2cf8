import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { BackendError } from '../../src/errors.ts'
import { SyslogSender } from '../../src/relay/syslog.ts'
import { useTempDir } from '../support/temp.ts'

/** Collects what streams bring, until as much as is awaited has come. */
const collectFrom = (server: Server) => {
  let text = ''
  const sockets: Socket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('data', (chunk) => {
      text += chunk.toString()
      server.emit('more')
    })
  })
  const until = async (expected: string): Promise<void> => {
    while (!text.includes(expected)) await once(server, 'more')
  }
  return { until, sockets, text: () => text }
}

describe('relay/syslog', () => {
  const dir = useTempDir()

  it('writes frames to a Unix stream exactly as they are', async () => {
    const path = join(dir(), 's.sock')
    const server = createServer().listen(path)
    await once(server, 'listening')
    const got = collectFrom(server)
    const sender = new SyslogSender({ kind: 'unix', path })
    await sender.send(Buffer.from('5 <30>1'))
    await sender.send(Buffer.from('5 <30>2'))
    await got.until('5 <30>15 <30>2')
    sender.close()
    server.close()
  })

  it('writes to TCP, and connects again after the server has closed the connection', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const got = collectFrom(server)
    const sender = new SyslogSender({ kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    await sender.send(Buffer.from('one\n'))
    await got.until('one')
    const closed = once(got.sockets[0]!, 'close')
    got.sockets[0]!.end()
    await closed
    await sender.send(Buffer.from('two\n'))
    await got.until('two')
    expect(got.sockets).to.have.length(2)
    sender.close()
    server.close()
  })

  it('sends one datagram a message on UDP', async () => {
    const server = createSocket('udp4').bind(0, '127.0.0.1')
    await once(server, 'listening')
    const sender = new SyslogSender({ kind: 'udp', host: '127.0.0.1', port: server.address().port })
    const message = once(server, 'message')
    await sender.send(Buffer.from('<30>1 x'))
    expect(String((await message)[0])).to.equal('<30>1 x')
    sender.close()
    server.close()
  })

  it('fails one message, not the process, while nobody listens, and serves the next', async () => {
    const path = join(dir(), 'later.sock')
    const sender = new SyslogSender({ kind: 'unix', path })
    const failure = await sender.send(Buffer.from('lost')).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(BackendError)
    expect((failure as Error).message).to.match(/ENOENT/)
    const server = createServer().listen(path)
    await once(server, 'listening')
    const got = collectFrom(server)
    await sender.send(Buffer.from('kept'))
    await got.until('kept')
    sender.close()
    server.close()
  })
})
