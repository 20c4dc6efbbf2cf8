import { type LookupAddress, lookup } from 'node:dns'
import type { Clock } from '../../clock.ts'
import { connectUdp, type UdpLink } from './udp-link.ts'

export interface Target {
  readonly host: string
  readonly port: number
  readonly refreshMs: number
}

export interface UdpSender {
  /** @throws Error while the name has never been resolved, when the kernel refuses, or when it is known that nobody listens */
  send(packets: readonly Buffer[]): Promise<void>
  close(): void
}

type Resolve = (host: string) => Promise<LookupAddress>

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
  let open: { readonly link: UdpLink; readonly address: string } | undefined

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
  const linkTo = async ({ address, family }: LookupAddress): Promise<UdpLink> => {
    if (open?.address === address) return open.link
    open?.link.close()
    open = undefined
    const link = await connectUdp({ address, family, port })
    open = { link, address }
    return link
  }

  return {
    async send(packets) {
      const link = await linkTo(await refresh())
      await link.send(packets)
    },
    close() {
      open?.link.close()
      open = undefined
    },
  }
}
