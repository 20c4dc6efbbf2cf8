import { expect } from 'chai'
import { Live } from '../../src/api/live.ts'
import type { StreamOutput } from '../../src/api/server.ts'
import { streamRoute } from '../../src/api/stream.ts'
import type { Event } from '../../src/event.ts'
import { makeMetric, TIME_MS } from '../backends/make-metric.ts'

const event: Event = {
  type: 'event',
  reason: 'script-failed',
  message: 'line\none',
  timeMs: TIME_MS,
  labels: new Map([['gear', 'aa11']]),
  details: new Map([['exit', '3']]),
}

class Reader implements StreamOutput {
  readonly messages: string[] = []
  waitingBytes = 0
  readonly write = (text: string): void => void this.messages.push(text)
}

const start = (
  live: Live,
  query: Record<string, string> = {},
  maxStreams = 10,
): { reader: Reader; end: () => void; status: number } => {
  const opened = streamRoute(live, maxStreams).open({ params: {}, query: new Map(Object.entries(query)) })
  const reader = new Reader()
  return 'start' in opened
    ? { reader, end: opened.start(reader), status: 200 }
    : { reader, end: () => {}, status: opened.status }
}

describe('live stream', () => {
  it('tells metrics and events as they arrive, each message on lines of its own', () => {
    const live = new Live()
    const { reader, end } = start(live)
    live.publish([makeMetric({ labels: { gear: 'aa11' } }), event])
    end()
    live.publish([event])
    expect(reader.messages).to.deep.equal([
      ': live\n\n',
      `event: metrics\ndata: [{"name":"thread.count","value":5,"kind":"gauge","timeMs":${TIME_MS},"collector":"cartridge","labels":{"gear":"aa11"}}]\n\n` +
        `event: events\ndata: [{"reason":"script-failed","message":"line\\none","timeMs":${TIME_MS},"labels":{"gear":"aa11"},"details":{"exit":"3"}}]\n\n`,
    ])
  })

  it('tells one gear alone', () => {
    const live = new Live()
    const { reader, end } = start(live, { gear: 'bb22' })
    live.publish([makeMetric()])
    live.publish([makeMetric({ labels: { gear: 'bb22' } })])
    end()
    expect(reader.messages).to.have.lengthOf(2)
    expect(reader.messages[1]).to.include('bb22')
  })

  it('lets a slow reader miss messages, counts them, and tells the reader later', () => {
    const live = new Live()
    const { reader, end } = start(live)
    reader.waitingBytes = 300_000
    live.publish([event])
    live.publish([event])
    expect(live.missed).to.equal(2)
    reader.waitingBytes = 0
    live.publish([event])
    end()
    expect(reader.messages.slice(1).map((text) => text.split('\n', 2).join(' '))).to.deep.equal([
      'event: missed data: 2',
      reader.messages.at(-1)?.split('\n', 2).join(' '),
    ])
  })

  it('has nothing to say about contracts', () => {
    const live = new Live()
    const { reader, end } = start(live)
    live.publish([{ type: 'contract', declaration: { name: 'x' }, timeMs: TIME_MS, labels: new Map() }])
    end()
    expect(reader.messages).to.have.lengthOf(1)
  })

  it('serves so many readers and no more', () => {
    const live = new Live()
    const first = start(live, {}, 1)
    expect(start(live, {}, 1).status).to.equal(503)
    first.end()
    const second = start(live, {}, 1)
    expect(second.status).to.equal(200)
    second.end()
  })
})
