import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeMetric } from '../backends/make-metric.ts'
import { useTempDir } from '../support/temp.ts'
import { framesOf, sendTo } from './send.ts'

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

describe('oo-metrics-bridge', () => {
  const directory = useTempDir()
  const running = new Set<ChildProcess>()
  const start = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, ['src/cli/oo-metrics-bridge.ts', ...args], {
      env: { PATH: process.env.PATH },
    })
    running.add(child)
    child.on('exit', () => running.delete(child))
    return child
  }
  const end = async (child: ChildProcess): Promise<Ended> => {
    let [out, err] = ['', '']
    child.stdout?.on('data', (chunk) => (out += String(chunk)))
    child.stderr?.on('data', (chunk) => (err += String(chunk)))
    child.stdin?.end()
    await once(child, 'close')
    return { status: child.exitCode, out, err }
  }
  const config = (changes: object = {}): string => {
    const file = join(directory(), 'bridge.yml')
    const settings = {
      receivers: { unix: { path: join(directory(), 's.sock') } },
      backends: { log: { kind: 'file', path: join(directory(), 'm.jsonl') } },
      api: { port: 0, open: true },
      ...changes,
    }
    writeFileSync(file, JSON.stringify(settings))
    return file
  }
  /** Waits until the log has `text` behind what was waited for before. */
  const logOf = ({ stderr }: ChildProcess): ((text: string) => Promise<void>) => {
    let log = ''
    stderr?.on('data', (chunk) => {
      log += String(chunk)
    })
    return async (text) => {
      while (!log.includes(text)) await once(stderr!, 'data')
      log = log.slice(log.indexOf(text) + text.length)
    }
  }
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL')
  })

  it('tells its version, checks and prints settings', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await end(start('--version'))).to.deep.include({ status: 0, out: `${version}\n` })
    const file = config()
    expect(await end(start('--config', file, '--check-config'))).to.deep.include({
      status: 0,
      out: 'settings are good\n',
    })
    const printed = await end(start('--config', file, '--print-config', '--json'))
    const lines = JSON.parse(printed.out) as { path: string; value: unknown; origin: string }[]
    expect(lines).to.deep.include({ path: 'api.open', value: true, origin: file })
    expect(lines).to.deep.include({ path: 'api.host', value: '127.0.0.1', origin: 'default' })
  })

  it('lists every fault of the settings and exits with 78', async () => {
    const file = config({ api: { port: 'x', colour: 1 }, backends: { a: { kind: 'nope' } } })
    const { status, out, err } = await end(start('--config', file))
    expect([status, out]).to.deep.equal([78, ''])
    expect(err.trim().split('\n')).to.have.lengthOf(3)
    for (const place of ['api.port', 'api.colour', 'backends.a.kind']) expect(err).to.include(place)
  })

  it('refuses what it does not know with 2', async () => {
    for (const args of [['--nope'], ['nonsense'], ['omprog', '--nope']])
      expect((await end(start(...args))).status).to.equal(2)
  })

  it('exits with 1 and says why when it cannot listen', async () => {
    writeFileSync(join(directory(), 's.sock'), '')
    const { status, err } = await end(start('--config', config()))
    expect(status).to.equal(1)
    expect(err).to.include('expected a socket or nothing')
  })

  it('writes what waits and exits with 0 when it is told to stop', async () => {
    const child = start('--config', config({ bridge: { batchDelayMs: 60_000 } }))
    await logOf(child)('listening at unix:')
    await sendTo(join(directory(), 's.sock'), framesOf([makeMetric()]))
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).to.equal(0)
    expect(readFileSync(join(directory(), 'm.jsonl'), 'utf8')).to.include('"thread.count"')
    expect(existsSync(join(directory(), 's.sock'))).to.equal(false)
  })

  it('reads settings again, and keeps the old ones when the new ones are wrong', async () => {
    const child = start('--config', config())
    const logged = logOf(child)
    await logged('listening')
    config({ backends: { log: { kind: 'nope' } } })
    child.kill('SIGHUP')
    await logged('the old ones stay')
    await logged('backends.log.kind')
    config({ receivers: { unix: { path: join(directory(), 'other.sock') } } })
    child.kill('SIGHUP')
    await logged('settings read again')
    await sendTo(join(directory(), 'other.sock'), framesOf([makeMetric()]))
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(readFileSync(join(directory(), 'm.jsonl'), 'utf8')).to.include('"thread.count"')
  })

  it('has an omprog helper that hands messages to it', async () => {
    const daemon = start('--config', config())
    await logOf(daemon)('listening')
    const helper = start('omprog', '--socket', join(directory(), 's.sock'))
    helper.stdin?.write('<30>1 2026-11-21T05:30:00Z n1 app - - - type=metric jobs=7\n')
    expect(await end(helper)).to.deep.include({ status: 0, out: 'OK\nOK\n' })
    daemon.kill('SIGTERM')
    await once(daemon, 'exit')
    expect(readFileSync(join(directory(), 'm.jsonl'), 'utf8'))
      .to.include('"jobs","value":7')
      .and.to.include('"labels":{"node":"n1"}')
  })
})
