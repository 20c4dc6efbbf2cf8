import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Infer, section, text } from '../config/schema.ts'
import { bindPrivately } from '../control/private-socket.ts'
import { messageOf } from '../errors.ts'
import { type Receiver, type ReceiverCalls, ReceiverError } from './receiver.ts'
import { attribution, enabled, streamLimits } from './settings.ts'
import { createStreamServer } from './stream.ts'

const schema = section(
  {
    enabled: enabled(true),
    path: text({
      default: '/run/oo-metrics-bridge/syslog.sock',
      pattern: /^\//,
      doc: 'Absolute path of the socket. It is created with mode 0600, its directory with 0700 if it is missing.',
    }),
    attribution: attribution(true),
    ...streamLimits,
  },
  'Syslog on a private Unix stream socket (RFC 6587 framing), the trusted way in.',
)

/** A Unix stream socket that only our own user and root can open. */
export const unix = {
  kind: 'unix',
  schema,
  create(settings: Infer<typeof schema>, calls: ReceiverCalls): Receiver {
    const { path } = settings
    const origin = { receiver: 'unix', mayAttribute: settings.attribution }
    const stream = createStreamServer(settings, origin, calls)
    return {
      name: origin.receiver,
      address: `unix:${path}`,
      async open() {
        try {
          mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
          await bindPrivately(path, () => stream.listen({ path }))
        } catch (thrown) {
          if (thrown instanceof ReceiverError) throw thrown
          throw new ReceiverError(`unix: ${messageOf(thrown)}`, { cause: thrown })
        }
      },
      close: () => stream.close(), // which unlinks the path
    }
  },
}
