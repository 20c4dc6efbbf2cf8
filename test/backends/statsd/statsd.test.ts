import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect } from 'chai'
import { createBackend } from '../../../src/backends/registry.ts'
import { statsd } from '../../../src/backends/statsd/statsd.ts'
import { systemClock } from '../../../src/clock.ts'
import { type BackendUnderTest, behavesLikeABackend } from '../conformance.ts'
import { makeMetric } from '../make-metric.ts'

const make = async (): Promise<BackendUnderTest> => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1_000_000 }).bind(0, '127.0.0.1')
  const lines: string[] = []
  socket.on('message', (message) => lines.push(...String(message).split('\n')))
  await once(socket, 'listening')
  const settings = statsd.schema.parse({ kind: 'statsd', port: socket.address().port, dialect: 'datadog-tags' })
  const backend = createBackend('graphs', settings, { clock: systemClock })
  return {
    backend,
    async arrived(count) {
      while (lines.length < count) await once(socket, 'message')
      return lines.join('\n')
    },
    async close() {
      await backend.close()
      socket.close()
    },
  }
}

describe('StatsD backend', () => {
  behavesLikeABackend(make)

  it('wants increases, since StatsD adds up', async () => {
    const tested = await make()
    expect(tested.backend.counters).to.equal('increases')
    await tested.close()
  })

  it('says where it sends', () => {
    const create = (host: string): string =>
      statsd.create('x', statsd.schema.parse({ kind: 'statsd', host }), { clock: systemClock }).target
    expect(create('stats.example.com')).to.equal('udp:stats.example.com:8125')
    expect(create('::1')).to.equal('udp:[::1]:8125')
  })

  it('fails, for another attempt, when there can be no such name', async () => {
    const settings = statsd.schema.parse({ kind: 'statsd', host: 'x'.repeat(300) })
    const backend = statsd.create('x', settings, { clock: systemClock })
    const result = await backend.write([makeMetric()], new AbortController().signal)
    expect(result.status).to.equal('failed')
    await backend.close()
  })
})
