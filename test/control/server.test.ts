import { existsSync, linkSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { type ControlOptions, type ControlServer, openControl } from '../../src/control/server.ts'
import { silentLogger } from '../../src/logger.ts'
import { useTempDir } from '../support/temp.ts'

describe('control/server', () => {
  const dir = useTempDir()
  const path = () => join(dir(), 'control.sock')
  const open: ControlServer[] = []
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) }

  const serve = async (options: Partial<ControlOptions> = {}): Promise<ControlServer> => {
    const handlers = new Map<string, () => unknown>([
      ['answer', () => ({ value: 42 })],
      [
        'fails',
        () => {
          throw new Error('no books')
        },
      ],
    ])
    const server = await openControl({ path: path(), handlers, logger, ...options })
    open.push(server)
    return server
  }
  /** Sends bytes and reads until the far side ends. */
  const talk = (bytes: string, { end = false } = {}): Promise<string> =>
    new Promise((resolve) => {
      let heard = ''
      const socket = createConnection({ path: path() }, () => (end ? socket.end(bytes) : socket.write(bytes)))
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => {
        heard += chunk
      })
      socket.on('error', () => {})
      socket.once('close', () => resolve(heard))
    })

  beforeEach(() => warnings.splice(0))
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close()
  })

  const cases: readonly (readonly [what: string, question: string, answer: object])[] = [
    ['answers a line with a line', '{"ask":"answer"}\n', { status: 'good', answer: { value: 42 } }],
    [
      'ignores what follows the first line',
      '{"ask":"answer"}\n{"ask":"fails"}\n',
      { status: 'good', answer: { value: 42 } },
    ],
    ['tells what went wrong', '{"ask":"fails"}\n', { status: 'bad', message: 'no books' }],
    [
      'tells what can be asked',
      '{"ask":"__proto__"}\n',
      { status: 'bad', message: 'expected one of answer, fails, got "__proto__"' },
    ],
    ['refuses what asks nothing', '{}\n', { status: 'bad', message: 'expected one of answer, fails, got undefined' }],
    [
      'refuses a long question',
      'x'.repeat(5000),
      { status: 'bad', message: 'expected a question of at most 4096 bytes' },
    ],
  ]
  for (const [what, question, answer] of cases) {
    it(what, async () => {
      await serve()
      const line = await talk(question)
      expect(line.endsWith('\n')).to.equal(true)
      expect(JSON.parse(line)).to.deep.equal(answer)
    })
  }

  for (const noise of ['null\n', 'nonsense\n', '\u0000\n']) {
    it(`refuses ${JSON.stringify(noise)} and goes on`, async () => {
      await serve()
      expect(JSON.parse(await talk(noise))).to.include({ status: 'bad' })
      expect(JSON.parse(await talk('{"ask":"answer"}\n'))).to.include({ status: 'good' })
    })
  }

  it('lets a client go that ends without a line, and one that says nothing', async () => {
    await serve({ limitMs: 30 })
    expect(await talk('{"ask":', { end: true })).to.equal('')
    expect(await talk('')).to.equal('')
  })

  it('is open to its own user only, and gone when it is closed', async () => {
    const server = await serve()
    expect(statSync(path()).mode & 0o777).to.equal(0o600)
    await server.close()
    expect(existsSync(path())).to.equal(false)
  })

  it('does not wait for clients when it is closed', async () => {
    const server = await serve()
    const silent = createConnection({ path: path() })
    await new Promise((resolve) => silent.once('connect', resolve))
    const gone = new Promise((resolve) => silent.once('close', resolve))
    await server.close()
    await gone
  })

  it('replaces the socket of a killed daemon', async () => {
    const killed = createServer()
    await new Promise<void>((resolve) => killed.listen({ path: `${path()}.old` }, resolve))
    linkSync(`${path()}.old`, path())
    await new Promise((resolve) => killed.close(resolve))
    await serve()
    expect(JSON.parse(await talk('{"ask":"answer"}\n'))).to.include({ status: 'good' })
    expect(warnings).to.deep.equal([])
  })

  it('leaves a living daemon its socket, any other file as it is, and goes on without, with one warning each', async () => {
    await serve()
    const second = await serve()
    await second.close()
    expect(JSON.parse(await talk('{"ask":"answer"}\n'))).to.include({ status: 'good' })
    const file = join(dir(), 'file')
    writeFileSync(file, 'mine')
    await serve({ path: file })
    expect(statSync(file).size).to.equal(4)
    await serve({ path: join(dir(), 'missing/control.sock') })
    expect(warnings.map((warning) => warning.replaceAll(dir(), ''))).to.deep.equal([
      'control socket: /control.sock: another process listens there; oo-metrics cannot ask this daemon',
      'control socket: /file: expected a socket or nothing, found another file; oo-metrics cannot ask this daemon',
      'control socket: listen EACCES: permission denied /missing/control.sock; oo-metrics cannot ask this daemon',
    ])
  })
})
