import { entry, type Infer, integer, literal, oneOf, text } from '../../config/schema.ts'
import { BackendError, messageOf } from '../../errors.ts'
import { type Backend, type BackendParts, writtenBut } from '../backend.ts'
import { only } from '../settings.ts'
import { dialects, encode } from './encode.ts'
import { createUdpSender } from './sender.ts'

const schema = entry(
  {
    kind: literal('statsd'),
    host: text({ default: '127.0.0.1', doc: 'Name or address of the StatsD server.' }),
    port: integer({ default: 8125, min: 1, max: 65_535, doc: 'UDP port of the StatsD server.' }),
    dialect: oneOf(dialects, {
      default: 'plain',
      doc: 'plain writes names alone, key-prefix writes labels before the name, datadog-tags writes them as tags.',
    }),
    prefix: text({
      default: '{ns}.{app}.{gear}.{cart}',
      doc: 'What key-prefix writes before the name; {label} stands for a label, and is none where that is missing.',
    }),
    maxPacketBytes: integer({
      default: 1432,
      min: 128,
      max: 65_507,
      doc: 'Largest datagram: 1432 fits Ethernet, 8932 jumbo frames.',
    }),
    refreshSeconds: integer({
      default: 60,
      min: 1,
      doc: 'How long an address of the name is used before it is asked anew.',
    }),
    only,
  },
  'StatsD by UDP. Datagrams are handed over; that nobody listens may be noticed, that they are lost is not.',
)

export const statsd = {
  kind: 'statsd',
  schema,
  create(name: string, settings: Infer<typeof schema>, { clock }: BackendParts): Backend {
    const { host, port, refreshSeconds } = settings
    const sender = createUdpSender({ host, port, refreshMs: refreshSeconds * 1000 }, clock)
    return {
      name,
      target: `udp:${host.includes(':') ? `[${host}]` : host}:${port}`,
      counters: 'increases',
      async write(batch) {
        const { packets, refused } = encode(batch, settings)
        try {
          await sender.send(packets)
          return writtenBut(refused)
        } catch (thrown) {
          return { status: 'failed', error: new BackendError(messageOf(thrown), { cause: thrown }) }
        }
      },
      async close() {
        sender.close()
      },
    }
  },
}
