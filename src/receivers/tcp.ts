import type { AddressInfo } from 'node:net'
import { type Infer, section } from '../config/schema.ts'
import { formatAddress } from './address.ts'
import type { Receiver, ReceiverCalls } from './receiver.ts'
import { attribution, enabled, host, port, streamLimits } from './settings.ts'
import { createStreamServer } from './stream.ts'

const schema = section(
  { enabled: enabled(false), host, port, attribution: attribution(false), ...streamLimits },
  'Syslog by TCP (RFC 6587 framing). Loopback is the network of all tenants, so attribution is not believed there.',
)

export const tcp = {
  kind: 'tcp',
  schema,
  create(settings: Infer<typeof schema>, calls: ReceiverCalls): Receiver {
    const { host, port } = settings
    const origin = { receiver: 'tcp', mayAttribute: settings.attribution }
    const stream = createStreamServer(settings, origin, calls)
    return {
      name: origin.receiver,
      get address() {
        return formatAddress('tcp', host, (stream.server.address() as AddressInfo | null)?.port ?? port)
      },
      open: () => stream.listen({ host, port }),
      close: () => stream.close(),
    }
  },
}
