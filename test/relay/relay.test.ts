import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { Ledger } from '../../src/ledger.ts'
import { silentLogger } from '../../src/logger.ts'
import { decodeFrame } from '../../src/message/decode.ts'
import { FrameSplitter } from '../../src/message/framing.ts'
import type { Metric } from '../../src/metric.ts'
import { createRelay } from '../../src/relay/relay.ts'
import { facilityNumber, type RelaySettings } from '../../src/relay/settings.ts'
import { makeGear } from '../support/gear.ts'
import { useTempDir } from '../support/temp.ts'

const metric = (name: string, value: number, gear = 'aa11'): Metric => ({
  type: 'metric',
  name,
  value,
  kind: 'gauge',
  timeMs: 1_763_703_000_123,
  labels: makeGear(gear).labels,
})

describe('relay/relay', () => {
  const dir = useTempDir()
  const settings = (changes: Partial<RelaySettings> = {}): RelaySettings => ({
    target: { kind: 'unix', path: join(dir(), 's.sock') },
    format: 'rfc5424',
    framing: 'octet-counting',
    facility: 'daemon',
    maxFrameBytes: 8000,
    maxPairBytes: 1024,
    bufferBytes: 1_000_000,
    ...changes,
  })
  const relayWith = (changes: Partial<RelaySettings> = {}) => {
    const ledger = new Ledger()
    const parts = {
      settings: settings(changes),
      logger: silentLogger,
      ledger,
      hostname: 'n1',
      metadataKeys: ['appName', 'gear'],
    }
    return { relay: createRelay(parts), ledger }
  }
  /** A server that keeps every frame it gets. */
  const listen = async (): Promise<{ server: Server; frames: Buffer[] }> => {
    const frames: Buffer[] = []
    const server = createServer((socket) => {
      const splitter = new FrameSplitter({ maxFrameBytes: 65_536 })
      socket.on('data', (chunk) => {
        splitter.push(chunk, (frame) => frames.push(Buffer.from(frame)))
        server.emit('frames')
      })
    }).listen(join(dir(), 's.sock'))
    await once(server, 'listening')
    return { server, frames }
  }
  const framesOf = async (
    { server, frames }: { server: Server; frames: Buffer[] },
    count: number,
  ): Promise<Buffer[]> => {
    while (frames.length < count) await once(server, 'frames')
    return frames
  }

  it('sends what was emitted together as one message that the bridge reads back, with ids that never repeat', async () => {
    const far = await listen()
    const { relay } = relayWith()
    relay.emit([metric('thread.count', 5), metric('thread.active', 2)])
    relay.emit([metric('jobs', 7)])
    const decoded = (await framesOf(far, 2)).map((frame) => decodeFrame(frame, { mayAttribute: true, nowMs: 0 }))
    expect(decoded.map((one) => one.status === 'signals' && one.signals)).to.deep.equal([
      [metric('thread.count', 5), metric('thread.active', 2)],
      [metric('jobs', 7)],
    ])
    const ids = decoded.map((one) => one.status === 'signals' && one.id)
    expect(new Set(ids).size).to.equal(2)
    relay.close()
    far.server.close()
  })

  it('keeps messages in order while syslog is away, and sends them when it comes', async () => {
    const { relay, ledger } = relayWith()
    for (let number = 0; number < 50; number += 1) relay.emit([metric('n', number)])
    expect(await relay.drain(10)).to.equal(false)
    const far = await listen()
    const frames = await framesOf(far, 50)
    expect(frames.map((frame) => Number(/n=(\d+)$/.exec(frame.toString())![1]))).to.deep.equal(
      Array.from({ length: 50 }, (_, at) => at),
    )
    expect(await relay.drain(5000)).to.equal(true)
    expect(ledger.total('relay')).to.deep.equal({ in: 50, out: 50, dropped: new Map() })
    relay.close()
    far.server.close()
  })

  it('drops the oldest beyond its buffer, and what is left at the end, each counted: the books balance', async () => {
    const { relay, ledger } = relayWith({ bufferBytes: 65_536 })
    for (let number = 0; number < 1000; number += 1) relay.emit([metric('n', number)])
    relay.close()
    await relay.drain(1000)
    await new Promise(setImmediate)
    const { in: received, out, dropped } = ledger.total('relay')
    expect([received, out]).to.deep.equal([1000, 0])
    expect([...dropped.keys()].sort((a, b) => a.localeCompare(b))).to.deep.equal(['buffer-full', 'closed'])
    expect([...dropped.values()].reduce((sum, count) => sum + count)).to.equal(1000)
  })

  it('keeps messages on UDP short enough for every receiver', async () => {
    const server = createSocket('udp4').bind(0, '127.0.0.1')
    await once(server, 'listening')
    const packets: Buffer[] = []
    server.on('message', (packet) => packets.push(packet))
    const { relay } = relayWith({
      target: { kind: 'udp', host: '127.0.0.1', port: server.address().port },
      maxPairBytes: 60_000,
    })
    relay.emit(Array.from({ length: 300 }, (_, at) => metric(`a.metric.with.a.long.name.${at}`, at)))
    while (packets.join('').split('a.metric').length <= 300) await once(server, 'message')
    expect(packets.every((packet) => packet.length <= 2048)).to.equal(true)
    relay.close()
    server.close()
  })
})

describe('relay/settings', () => {
  const numbers = { kern: 0, daemon: 3, ftp: 11, local0: 16, local7: 23 } as const
  for (const [name, number] of Object.entries(numbers)) {
    it(`knows facility ${name} as ${number}`, () =>
      expect(facilityNumber(name as keyof typeof numbers)).to.equal(number))
  }
})
