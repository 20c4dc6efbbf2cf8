import { closeSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** One of the pipes that a script writes into, as we read it. */
export interface Source {
  /**
   * Begins to read.
   * @param take the bytes are valid only during the call
   * @param closed called once: no writer is left, or `close` was called
   */
  read(take: (chunk: Buffer) => void, closed: () => void): void
  /** Takes at once what was written so far, where that can be done; the rest comes by itself. */
  drain(): void
  close(): void
}

/** A stream that Node.js reads anyway. */
export const streamSource = (stream: Readable): Source => ({
  read(take, closed) {
    stream.on('data', take)
    stream.on('error', () => {}) // 'close' follows
    stream.once('close', closed)
  },
  drain() {},
  close: () => void stream.destroy(),
})

/** How long a script is left to fill its pipe before we listen: most have ended by then, and are read in one go. */
const PATIENCE_MS = 20

/** For all sources: it is only used within one call. */
const shared = Buffer.allocUnsafeSlow(65_536)

/**
 * The read end of a FIFO that has a writer, opened without blocking. A stream costs a tenth of a millisecond, which most
 * scripts never need.
 * @param giveBack takes the read end when nobody can write any more and no stream was needed; else it is closed
 */
export const fifoSource = (fd: number, giveBack: (fd: number) => void): Source => {
  let take: (chunk: Buffer) => void = () => {}
  let closed = (): void => {}
  let socket: Socket | undefined
  let isOpen = true
  let patience: NodeJS.Timeout | undefined

  const listen = (): void => {
    socket = new Socket({ fd, readable: true, writable: false })
    socket.on('data', take)
    socket.on('error', () => {}) // 'close' follows
    socket.once('close', () => {
      isOpen = false
      closed()
    })
  }
  const close = (leave: (fd: number) => void): void => {
    clearTimeout(patience)
    if (!isOpen || socket) return void socket?.destroy()
    isOpen = false
    leave(fd)
    closed()
  }
  return {
    read(taking, closing) {
      take = taking
      closed = closing
      patience = setTimeout(listen, PATIENCE_MS)
    },
    drain() {
      if (socket) return
      // `take` may close us
      while (isOpen) {
        const length = readNow(fd)
        if (length === undefined) {
          clearTimeout(patience)
          return listen()
        }
        if (length === 0) return close(giveBack)
        take(shared.subarray(0, length))
      }
    },
    close: () => close(closeSync),
  }
}

/** Bytes read into `shared`, 0 at the end, undefined when there are none yet. */
const readNow = (fd: number): number | undefined => {
  try {
    return readSync(fd, shared)
  } catch {
    return undefined // EAGAIN
  }
}
