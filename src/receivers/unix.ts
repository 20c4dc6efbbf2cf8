import { chmodSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import { createConnection } from 'node:net'
import { dirname } from 'node:path'
import { type Infer, section, text } from '../config/schema.ts'
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
          await removeStale(path)
        } catch (thrown) {
          throw new ReceiverError(`unix: ${messageOf(thrown)}`, { cause: thrown })
        }
        await privately(() => stream.listen({ path }))
        chmodSync(path, 0o600)
      },
      close: () => stream.close(), // which unlinks the path
    }
  },
}

/** The path comes into being inside `bind`, so there is no moment in which anyone else could open it. */
const privately = (listen: () => Promise<void>): Promise<void> => {
  const umask = process.umask(0o177)
  try {
    return listen()
  } finally {
    process.umask(umask)
  }
}

/** A socket that a killed process left behind is removed; one that somebody answers on, or any other file, is not. */
const removeStale = async (path: string): Promise<void> => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new Error(`${path}: expected a socket or nothing, found another file`)
  if (await isAnswered(path)) throw new Error(`${path}: another process listens there`)
  unlinkSync(path)
}

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ path })
    const answer = (isThere: boolean) => (): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', answer(true))
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code !== 'ECONNREFUSED')())
  })
