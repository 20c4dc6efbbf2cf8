import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import type { ReceiverCalls } from '../../src/receivers/receiver.ts'

/** Records what a receiver hands over, and lets a test wait for it. */
export class Collected implements ReceiverCalls {
  readonly frames: string[] = []
  readonly trusted = new Set<boolean>()
  readonly refused: string[] = []
  #changed = (): void => {}

  readonly take: ReceiverCalls['take'] = (frame, { mayAttribute }) => {
    this.frames.push(String(frame))
    this.trusted.add(mayAttribute)
    this.#changed()
  }

  readonly refuse: ReceiverCalls['refuse'] = (reason, _origin, count = 1) => {
    for (let left = count; left > 0; left -= 1) this.refused.push(reason)
    this.#changed()
  }

  /** Resolves when there are so many frames and refusals. */
  async until(frames: number, refused = 0): Promise<void> {
    while (this.frames.length < frames || this.refused.length < refused) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }
}

/** Connects to `unix:PATH` or `tcp:HOST:PORT`. */
export const connectTo = async (address: string): Promise<Socket> => {
  const [, kind, place = ''] = /^(unix|tcp):(.*)$/.exec(address) ?? []
  const socket =
    kind === 'unix'
      ? createConnection({ path: place })
      : createConnection({ host: '127.0.0.1', port: Number(place.split(':').at(-1)) })
  await once(socket, 'connect')
  return socket
}

/** Resolves when a connection is closed, be it by a reset; `once` would call that a failure. */
export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => {})
    socket.once('close', () => resolve())
  })
