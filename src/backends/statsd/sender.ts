import { createSocket, type Socket } from 'node:dgram'
import { type LookupAddress, lookup } from 'node:dns'
import type { Clock } from '../../clock.ts'

export interface Target {
  readonly host: string
  readonly port: number
  readonly refreshMs: number
}

export interface UdpSender {
  /** @throws Error while the name has never been resolved, or when the kernel refuses */
  send(packets: readonly Buffer[]): Promise<void>
  close(): void
}

export type Resolve = (host: string) => Promise<LookupAddress>

const resolveName: Resolve = (host) =>
  new Promise((resolve, reject) => {
    lookup(host, (error, address, family) => (error ? reject(error) : resolve({ address, family })))
  })

/** Sends datagrams. The name is resolved again now and then; when that fails the last address stays. */
export const createUdpSender = (
  { host, port, refreshMs }: Target,
  clock: Pick<Clock, 'now'>,
  resolve = resolveName,
): UdpSender => {
  let known: LookupAddress | undefined
  let askedMs = Number.NEGATIVE_INFINITY
  let open: { readonly socket: Socket; readonly family: number } | undefined

  const refresh = async (): Promise<LookupAddress> => {
    if (known && clock.now() - askedMs < refreshMs) return known
    try {
      known = await resolve(host)
    } catch (thrown) {
      if (!known) throw thrown
    }
    askedMs = clock.now()
    return known
  }
  const socketFor = (family: number): Socket => {
    if (open?.family === family) return open.socket
    open?.socket.close()
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket.on('error', () => {}) // each failure reaches its own send
    socket.unref()
    open = { socket, family }
    return socket
  }

  return {
    async send(packets) {
      const { address, family } = await refresh()
      const socket = socketFor(family)
      for (const packet of packets) await sendOne(socket, packet, { address, port })
    },
    close() {
      open?.socket.close()
      open = undefined
    },
  }
}

const sendOne = (socket: Socket, packet: Buffer, { address, port }: { address: string; port: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.send(packet, port, address, (error) => (error ? reject(error) : resolve()))
  })
