import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import { messageOf } from '../errors.ts'
import { FrameSplitter } from '../message/framing.ts'
import { untilQuiet } from './quiet.ts'
import { type Origin, type ReceiverCalls, ReceiverError, type ReceiverReason } from './receiver.ts'
import type { StreamLimits } from './settings.ts'

/** Connections that carry framed messages: all that Unix and TCP receivers have in common. */
export interface StreamServer {
  readonly server: Server
  listen(options: ListenOptions): Promise<void>
  /** Reads what the kernel still holds, then ends every connection. */
  close(): Promise<void>
}

export const createStreamServer = (limits: StreamLimits, origin: Origin, calls: ReceiverCalls): StreamServer => {
  const connections = new Set<Socket>()
  let chunks = 0
  const server = createServer((socket) => {
    connections.add(socket)
    socket.on('data', () => {
      chunks += 1
    })
    socket.on('close', () => connections.delete(socket))
    readFrames(socket, limits, {
      take: (frame) => calls.take(frame, origin),
      refuse: (reason, count) => calls.refuse(reason, origin, count),
    })
  })
  server.maxConnections = limits.maxConnections
  server.on('drop', () => calls.refuse('too-many-connections', origin))
  return {
    server,
    listen: (options) =>
      new Promise((resolve, reject) => {
        const fail = (error: Error): void => reject(new ReceiverError(`${origin.receiver}: ${messageOf(error)}`))
        server.once('error', fail)
        server.listen(options, () => {
          server.off('error', fail)
          server.on('error', () => {}) // accept() failing for want of descriptors must not end the process
          resolve()
        })
      }),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await untilQuiet(() => chunks)
      for (const socket of connections) socket.destroy()
      await closed
    },
  }
}

interface FrameCalls {
  readonly take: (frame: Buffer) => void
  readonly refuse: (reason: ReceiverReason, count?: number) => void
}

/** One bad frame closes its connection and no other. */
const readFrames = (socket: Socket, limits: StreamLimits, { take, refuse }: FrameCalls): void => {
  const splitter = new FrameSplitter(limits)
  let taken = 0
  let tooLong = 0
  const patience = patienceWith(limits.frameTimeoutMs, () => {
    refuse('half-frame')
    socket.destroy()
  })
  const takeCounted = (frame: Buffer): void => {
    taken += 1
    take(frame)
  }
  socket.on('data', (chunk) => {
    const before = taken
    const fault = splitter.push(chunk, takeCounted)
    if (splitter.tooLong > tooLong) refuse('frame-too-large', splitter.tooLong - tooLong)
    tooLong = splitter.tooLong
    if (fault) {
      refuse(fault === 'too-large' ? 'frame-too-large' : 'bad-framing')
      socket.destroy()
    }
    patience(splitter.inFrame && !fault, taken > before)
  })
  socket.on('end', () => {
    if (splitter.end(takeCounted).cutOff) refuse('cut-off')
  })
  socket.on('error', () => {}) // 'close' follows
  socket.on('close', () => patience(false, true))
}

/** Each frame gets its own time, however slowly its bytes drip in. */
const patienceWith = (timeoutMs: number, onEnd: () => void): ((isWaiting: boolean, isNewFrame: boolean) => void) => {
  let timer: NodeJS.Timeout | undefined
  return (isWaiting, isNewFrame) => {
    if (isNewFrame || !isWaiting) {
      clearTimeout(timer)
      timer = undefined
    }
    if (isWaiting) timer ??= setTimeout(onEnd, timeoutMs)
  }
}
