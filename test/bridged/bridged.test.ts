import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { type RunningBridge, runBridge } from '../../src/bridged/bridged.ts'
import { type BridgedSettings, bridgedSchema } from '../../src/bridged/settings.ts'
import type { Contract } from '../../src/contract.ts'
import type { Event } from '../../src/event.ts'
import { silentLogger } from '../../src/logger.ts'
import { makeMetric } from '../backends/make-metric.ts'
import { closed } from '../receivers/collect.ts'
import { useTempDir } from '../support/temp.ts'
import { framesOf, sendTo } from './send.ts'

/** A StatsD server that is not ours: a plain UDP socket. */
class StatsdServer {
  readonly lines: string[] = []
  readonly #socket: Socket = createSocket('udp4')
  constructor() {
    this.#socket.on('message', (message) => this.lines.push(...String(message).split('\n')))
  }
  async open(): Promise<number> {
    this.#socket.bind(0, '127.0.0.1')
    await once(this.#socket, 'listening')
    return this.#socket.address().port
  }
  async until(count: number): Promise<void> {
    while (this.lines.length < count) await once(this.#socket, 'message')
  }
  close(): void {
    this.#socket.close()
  }
}

const NOW_MS = Date.now()

describe('bridge, end to end', () => {
  const directory = useTempDir()
  let bridge: RunningBridge | undefined
  let statsd: StatsdServer
  let port: number
  const socketPath = (): string => join(directory(), 'run', 's.sock')
  const settings = (changes: Record<string, unknown> = {}): BridgedSettings =>
    bridgedSchema.parse({
      receivers: { unix: { path: socketPath() }, tcp: { enabled: true, port: 0 } },
      backends: {
        graphs: { kind: 'statsd', port, dialect: 'datadog-tags', only: { metric: 'thread.*' } },
        plain: { kind: 'statsd', port, only: { metric: 'jobs' } },
        log: { kind: 'file', path: join(directory(), 'm.jsonl') },
      },
      bridge: { batchDelayMs: 5, retryFirstMs: 5, retryLongestMs: 20, drainMs: 2000 },
      api: { port: 0, open: true },
      ...changes,
    })
  const start = async (changes: Record<string, unknown> = {}): Promise<RunningBridge> => {
    bridge = await runBridge({ settings: settings(changes), logger: silentLogger })
    return bridge
  }
  const ask = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${bridge?.apiUrl}${path}`, { headers })
  /** Asks until the answer holds what is wanted; mocha's time limit ends it otherwise. */
  const askUntil = async (path: string, text: string): Promise<string> => {
    for (;;) {
      const body = await (await ask(path)).text()
      if (body.includes(text)) return body
    }
  }
  beforeEach(async () => {
    statsd = new StatsdServer()
    port = await statsd.open()
  })
  afterEach(async () => {
    await bridge?.close()
    bridge = undefined
    statsd.close()
  })

  it('takes frames from a Unix stream to StatsD, a file and the API, with kinds, labels and help', async () => {
    await start()
    const nowMs = NOW_MS
    const labels = { gear: 'aa11', app: 'ap11', appName: 'my shop', ns: 'acme', cart: 'php', node: 'n1', env: 'prod' }
    const jobs = (value: number, timeMs: number) => makeMetric({ name: 'jobs', kind: 'counter', value, timeMs, labels })
    const threads = makeMetric({ timeMs: nowMs, labels })
    const declaration = { name: 'jobs', kind: 'counter', description: 'Jobs "done".' } as const
    const contract: Contract = { type: 'contract', declaration, timeMs: nowMs, labels: threads.labels }
    await sendTo(socketPath(), framesOf([contract], [jobs(10, nowMs - 2), threads], [jobs(13, nowMs - 1)]))

    await statsd.until(2)
    expect(statsd.lines).to.have.members([
      'thread.count:5|g|#gear:aa11,app:ap11,appName:my_shop,ns:acme,cart:php,node:n1,env:prod',
      'jobs:3|c',
    ])
    expect(await (await ask('/v0/containers')).json()).to.deep.equal(['aa11'])
    expect(await (await ask('/v0/containers/aa11/app/jobs')).json()).to.deep.include({
      dimensions: {
        mesos_id: 'n1',
        container_id: 'aa11',
        hostname: 'n1',
        labels: { app: 'ap11', appName: 'my shop', ns: 'acme' },
      },
    })
    expect(await (await ask('/system/v1/metrics/v0/containers/aa11/app')).json())
      .to.have.property('datapoints')
      .lengthOf(2)
    expect(await (await ask('/metrics?gear=aa11')).text()).to.equal(
      `# HELP jobs_total Jobs "done".
# TYPE jobs_total counter
jobs_total{app="ap11",appName="my shop",cart="php",env="prod",gear="aa11",node="n1",ns="acme"} 13
# HELP thread_count Metric thread.count.
# TYPE thread_count gauge
thread_count{app="ap11",appName="my shop",cart="php",env="prod",gear="aa11",node="n1",ns="acme"} 5
`,
    )
    await bridge?.close()
    bridge = undefined
    const lines = readFileSync(join(directory(), 'm.jsonl'), 'utf8').trim().split('\n')
    expect(
      lines.map((line) => (JSON.parse(line) as { name: string; value: number }).value).sort((a, b) => a - b),
    ).to.deep.equal([5, 10, 13])
  })

  it('does not believe attribution that comes by TCP', async () => {
    await start()
    const tcp = bridge?.addresses.find((address) => address.startsWith('tcp:')) ?? ''
    const socket = connect(Number(tcp.split(':').at(-1)), '127.0.0.1')
    socket.end(framesOf([makeMetric({ timeMs: NOW_MS })]))
    await closed(socket.resume())
    await askUntil('/metrics', 'thread_count 5')
    expect(await (await ask('/v0/containers')).json()).to.deep.equal([])
  })

  it('drops a frame that comes a second time', async () => {
    await start()
    const frames = framesOf([makeMetric({ timeMs: NOW_MS })])
    await sendTo(socketPath(), frames)
    await sendTo(socketPath(), frames)
    await askUntil('/metrics', 'oo_bridge_frames_dropped_total{reason="double"} 1\n')
    expect(await (await ask('/metrics')).text()).to.include('oo_bridge_frames_received_total 2\n')
  })

  it('goes on after garbage, and after a connection that breaks the framing', async () => {
    await start()
    await sendTo(socketPath(), Buffer.concat([Buffer.from('\xff\0garbage\n<30>1 - broken\n0 '), Buffer.alloc(1000, 7)]))
    await sendTo(socketPath(), framesOf([makeMetric({ timeMs: NOW_MS })]))
    const page = await askUntil('/metrics', 'thread_count{')
    expect(page).to.include('reason="bad-framing"} 1\n').and.to.include('reason="malformed-syslog"} 1\n')
  })

  it('tells events, and shows a stream of what arrives', async () => {
    await start()
    const stream = await ask('/api/v1/stream')
    const reader = stream.body!.getReader()
    let text = ''
    const readUntil = async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) text += Buffer.from((await reader.read()).value ?? []).toString()
    }
    await readUntil(': live')
    const event: Event = {
      type: 'event',
      reason: 'script-timed-out',
      message: 'bin/control metrics: no end after 1000 ms',
      timeMs: NOW_MS,
      labels: new Map([['gear', 'aa11']]),
      details: new Map([['duration_ms', '1000']]),
    }
    await sendTo(socketPath(), framesOf([event], [makeMetric({ timeMs: NOW_MS })]))
    await readUntil('"thread.count"')
    expect(text).to.include('event: events\ndata: [{"reason":"script-timed-out"').and.to.include('event: metrics\n')
    await reader.cancel()
    expect(await (await ask('/api/v1/events')).json()).to.have.lengthOf(1)
  })

  it('tells that a backend is down and up again, and then writes what waited, while others did not notice', async () => {
    const path = join(directory(), 'not-yet', 'm.jsonl')

    writeFileSync(join(directory(), 'not-yet'), 'in the way')
    await start({ backends: { log: { kind: 'file', path }, graphs: { kind: 'statsd', port } } })
    await sendTo(socketPath(), framesOf([makeMetric({ timeMs: NOW_MS })]))
    await statsd.until(1)
    await askUntil('/api/v1/events', 'backend-down')
    expect(await askUntil('/metrics', 'oo_bridge_backend_up{backend="log"} 0\n')).to.include(
      'oo_bridge_backend_up{backend="graphs"} 1\n',
    )
    rmSync(join(directory(), 'not-yet'))
    await askUntil('/api/v1/events', 'backend-up')
    expect(readFileSync(path, 'utf8')).to.include('"thread.count"')
  })

  it('hands over what waits when it closes', async () => {
    await start({ bridge: { batchDelayMs: 60_000, drainMs: 2000 } })
    await sendTo(socketPath(), framesOf([makeMetric({ timeMs: NOW_MS })]))
    await askUntil('/v0/containers', 'aa11')
    await bridge?.close()
    bridge = undefined
    expect(readFileSync(join(directory(), 'm.jsonl'), 'utf8')).to.include('"thread.count"')
    expect(existsSync(socketPath())).to.equal(false)
  })

  it('takes over changed settings; what did not change runs on', async () => {
    await start()
    const before = statSync(socketPath()).ino
    const tcpBefore = bridge?.addresses.find((address) => address.startsWith('tcp:'))
    const backends = { log: { kind: 'file', path: join(directory(), 'other.jsonl') } }
    await bridge?.reload(
      settings({ backends, receivers: { unix: { path: socketPath() }, udp: { enabled: true, port: 0 } } }),
    )
    expect(statSync(socketPath()).ino, 'the Unix socket is the same').to.equal(before)
    expect(bridge?.addresses.map((address) => address.split(':')[0])).to.deep.equal(['unix', 'udp'])
    expect(tcpBefore).to.match(/^tcp:/)
    await sendTo(socketPath(), framesOf([makeMetric({ timeMs: NOW_MS })]))
    await askUntil('/metrics', 'oo_bridge_backend_written_total{backend="log"} 1\n')
    expect(readFileSync(join(directory(), 'other.jsonl'), 'utf8')).to.include('"thread.count"')
    expect(statsd.lines).to.deep.equal([])
  })

  it('opens nothing when a receiver cannot be opened', async () => {
    await start()
    const own = settings({ receivers: { unix: { path: socketPath() } } })
    const thrown = await runBridge({ settings: own, logger: silentLogger }).catch((error: Error) => error.message)
    expect(thrown).to.include('another process listens')
  })

  it('asks for the token in its file when it is not open', async () => {
    const tokenFile = join(directory(), 'state', 'api.token')
    await start({ api: { port: 0, tokenFile } })
    expect((await ask('/v0/ping')).status).to.equal(401)
    expect((await ask('/healthz')).status).to.equal(200)
    const token = readFileSync(tokenFile, 'utf8').trim()
    expect((await ask('/v0/ping', { authorization: `Bearer ${token}` })).status).to.equal(200)
  })

  it('balances its books', async () => {
    await start()
    await sendTo(
      socketPath(),
      framesOf(...Array.from({ length: 50 }, (_, at) => [makeMetric({ timeMs: NOW_MS + at - 50, value: at })])),
    )
    await statsd.until(50)
    const { ledger } = bridge!
    await bridge?.close()
    bridge = undefined
    for (const { stage, gear, account } of ledger.accounts()) {
      const dropped = [...account.dropped.values()].reduce((sum, count) => sum + count, 0)
      expect(account.in, `${stage} ${gear}`).to.equal(account.out + dropped)
    }
  })
})
