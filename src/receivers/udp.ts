import { createSocket } from 'node:dgram'
import { type Infer, integer, section } from '../config/schema.ts'
import { messageOf } from '../errors.ts'
import { formatAddress } from './address.ts'
import { untilQuiet } from './quiet.ts'
import { type Receiver, type ReceiverCalls, ReceiverError } from './receiver.ts'
import { attribution, enabled, host, maxFrameBytes, port } from './settings.ts'

const schema = section(
  {
    enabled: enabled(false),
    host,
    port,
    attribution: attribution(false),
    maxFrameBytes,
    receiveBufferBytes: integer({
      default: 4 * 1024 * 1024,
      min: 65_536,
      doc: 'Size of the kernel buffer that bridges our pauses; the kernel grants at most net.core.rmem_max.',
    }),
  },
  'Syslog by UDP, one message a datagram (RFC 5426).',
)

export const udp = {
  kind: 'udp',
  schema,
  create(settings: Infer<typeof schema>, calls: ReceiverCalls): Receiver {
    const { host, port, maxFrameBytes, receiveBufferBytes } = settings
    const origin = { receiver: 'udp', mayAttribute: settings.attribution }
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: receiveBufferBytes })
    let datagrams = 0
    let openPort = port
    socket.on('message', (frame) => {
      datagrams += 1
      if (frame.length > maxFrameBytes) calls.refuse('frame-too-large', origin)
      else calls.take(frame, origin)
    })
    return {
      name: origin.receiver,
      get address() {
        return formatAddress('udp', host, openPort)
      },
      open: () =>
        new Promise((resolve, reject) => {
          socket.once('error', (error) => reject(new ReceiverError(`udp: ${messageOf(error)}`, { cause: error })))
          socket.bind(port, host, () => {
            openPort = socket.address().port
            socket.on('error', () => {}) // one bad datagram must not end the process
            resolve()
          })
        }),
      async close() {
        await untilQuiet(() => datagrams)
        await new Promise<void>((resolve) => socket.close(resolve))
      },
    }
  },
}
