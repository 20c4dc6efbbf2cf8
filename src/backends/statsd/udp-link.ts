import { createSocket, type Socket } from 'node:dgram'
import { BackendError } from '../../errors.ts'

export interface Destination {
  readonly address: string
  /** 4 or 6 */
  readonly family: number
  readonly port: number
}

/** Datagrams to one address. */
export interface UdpLink {
  /** @throws Error when the kernel refuses, or the other host has said that nobody listens */
  send(packets: readonly Buffer[]): Promise<void>
  close(): void
}

/**
 * How long an answer "nobody listens" is waited for, once there has been one. From our own host it comes at once, from
 * another after a round trip, when the write is over: it then counts against the next one.
 */
const PROBATION_MS = 200

/** A connected socket, since only that is told of ICMP port unreachable. */
export const connectUdp = async ({ address, family, port }: Destination): Promise<UdpLink> => {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  let refusal: Error | undefined
  let onRefusal = (): void => {}
  socket.on('error', (error) => {
    refusal = error
    onRefusal()
  })
  await connect(socket, address, port)
  socket.unref()

  const refusalWithin = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      onRefusal = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  return {
    async send(packets) {
      if (packets.length === 0) return
      const isOnProbation = refusal !== undefined
      refusal = undefined
      for (const packet of packets) await sendOne(socket, packet)
      await turn()
      if (isOnProbation && !refusal) await refusalWithin(PROBATION_MS)
      if (refusal) throw new BackendError(`nobody listens at ${address} port ${port}`, { cause: refusal })
    },
    close: () => socket.close(),
  }
}

const connect = (socket: Socket, address: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.close()
      reject(error)
    }
    socket.once('error', fail)
    socket.connect(port, address, () => {
      socket.off('error', fail)
      resolve()
    })
  })

/** The kernel may tell of an earlier packet here; this one is then sent again with its batch. */
const sendOne = (socket: Socket, packet: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.send(packet, (error) => (error ? reject(error) : resolve()))
  })

/** Lets the event loop read what the kernel has for us. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
