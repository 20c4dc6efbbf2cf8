import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { type OmprogParts, runOmprog } from '../../src/bridged/omprog.ts'
import { FrameSplitter } from '../../src/message/framing.ts'
import { ManualClock, settle } from '../support/clock.ts'
import { useTempDir } from '../support/temp.ts'

/** Stands for the bridge. */
class Listener {
  readonly frames: string[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #changed = (): void => {}

  constructor() {
    this.#server = createServer((socket) => {
      const splitter = new FrameSplitter({ maxFrameBytes: 100_000 })
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        splitter.push(chunk, (frame) => this.frames.push(String(frame)))
        this.#changed()
      })
    })
  }

  async open(path: string): Promise<void> {
    this.#server.listen({ path })
    await once(this.#server, 'listening')
  }

  async until(count: number): Promise<void> {
    while (this.frames.length < count) await new Promise<void>((resolve) => (this.#changed = resolve))
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }
}

describe('omprog helper', () => {
  const directory = useTempDir()
  const path = (): string => join(directory(), 's.sock')
  let bridge: Listener
  let input: PassThrough
  let output: PassThrough
  let clock: ManualClock
  let answers: string[]
  let ended: Promise<number>
  const run = (changes: Partial<OmprogParts> = {}): void => {
    input = new PassThrough()
    output = new PassThrough()
    answers = []
    output.on('data', (chunk: Buffer) => answers.push(...String(chunk).trimEnd().split('\n')))
    ended = runOmprog({ socketPath: path(), confirm: true, input, output, clock, ...changes })
  }
  const answered = async (count: number): Promise<void> => {
    while (answers.length < count) await settle()
  }
  beforeEach(() => {
    bridge = new Listener()
    clock = new ManualClock()
  })
  afterEach(async () => {
    input.end()
    await ended
    await bridge.close()
  })

  it('says OK at the start and after each message that it has handed over', async () => {
    await bridge.open(path())
    run()
    await answered(1)
    input.write('<30>1 first\n')
    await answered(2)
    input.write('<30>1 second\n<30>1 th')
    await answered(3)
    input.write('ird\n')
    await answered(4)
    await bridge.until(3)
    expect(answers).to.deep.equal(['OK', 'OK', 'OK', 'OK'])
    expect(bridge.frames).to.deep.equal(['<30>1 first', '<30>1 second', '<30>1 third'])
  })

  it('answers nothing when it is told to', async () => {
    await bridge.open(path())
    run({ confirm: false })
    input.write('<30>1 first\n')
    await bridge.until(1)
    expect(answers).to.deep.equal([])
  })

  it('waits for the bridge, and then hands over', async () => {
    run()
    input.write('<30>1 early\n')
    while (clock.sleeping === 0) await settle()
    expect(answers).to.deep.equal(['OK'])
    await bridge.open(path())
    await clock.advance(50)
    await answered(2)
    expect(answers).to.deep.equal(['OK', 'OK'])
    await bridge.until(1)
  })

  it('tells rsyslogd before that loses patience, so that it keeps the message', async () => {
    run()
    input.write('<30>1 kept\n')
    while (answers.length < 2) {
      await settle()
      if (clock.sleeping > 0) await clock.advance(500)
    }
    expect(answers[1]).to.match(/^Error: bridge does not take messages: .*ENOENT/)
    await bridge.open(path())
    input.write('<30>1 kept\n')
    await answered(3)
    await bridge.until(1)
    expect(answers[2]).to.equal('OK')
    expect(bridge.frames).to.deep.equal(['<30>1 kept'])
  })

  it('connects again after the bridge has restarted', async () => {
    await bridge.open(path())
    run()
    input.write('one\n')
    await answered(2)
    await bridge.until(1)
    await bridge.close()
    const next = new Listener()
    await next.open(path())
    await settle()
    input.write('two\n')
    while (answers.length < 3) {
      await settle()
      if (clock.sleeping > 0) await clock.advance(100)
    }
    await next.until(1)
    expect(next.frames).to.deep.equal(['two'])
    await next.close()
  })

  it('does not stop at a message that is too long', async () => {
    await bridge.open(path())
    run()
    input.write(`${'x'.repeat(70_000)}\nshort\n`)
    await answered(3)
    await bridge.until(1)
    expect(bridge.frames).to.deep.equal(['short'])
  })

  it('ends when its input does', async () => {
    run()
    input.end()
    expect(await ended).to.equal(0)
  })
})
