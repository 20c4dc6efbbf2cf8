import { createConnection } from 'node:net'
import { encodeFrames } from '../../src/message/frame.ts'
import { octetCounted } from '../../src/message/framing.ts'
import type { Signal } from '../../src/signal.ts'
import { closed } from '../receivers/collect.ts'

let sequence = 0

/** Frames as a gatherer writes them, octet-counted, each with an id of its own. */
export const framesOf = (...emitted: readonly (readonly Signal[])[]): Buffer => {
  const options = {
    format: 'rfc5424',
    hostname: 'n1',
    procId: '1',
    priority: 30,
    metadataKeys: ['appName', 'gear', 'app', 'ns'],
    maxFrameBytes: 8000,
    maxPairBytes: 1024,
    nextId: () => `test:${sequence++}`,
  } as const
  return Buffer.concat(
    emitted.flatMap((signals) => encodeFrames(signals, options).frames.map(({ bytes }) => octetCounted(bytes))),
  )
}

/** Writes to a Unix stream socket and hangs up. */
export const sendTo = async (path: string, bytes: Buffer | string): Promise<void> => {
  const socket = createConnection({ path })
  socket.resume().end(bytes)
  await closed(socket)
}
