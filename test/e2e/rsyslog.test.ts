import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { renderTemplate } from '../../src/commands/setup/items.ts'
import { need } from '../services/packages.ts'
import { type Rsyslogd, type RsyslogPaths, startRsyslogd } from '../services/rsyslogd.ts'
import { manifestOf, writeGears } from '../support/node-tree.ts'
import { useTempDir } from '../support/temp.ts'

const run = promisify(execFile)
const LIMIT_MS = 20_000

/** Looks again until something is found; bounded. */
const until = async <T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
  for (let waited = 0; waited < LIMIT_MS; waited += 50) {
    const found = await look()
    if (found !== undefined) return found
    await wait(50)
  }
  throw new Error(`nothing within ${LIMIT_MS} ms`)
}

const GEARS = {
  shop01: {
    'php/metadata/manifest.yml': manifestOf(
      'php',
      '\n  thread.count: {unit: "{thread}"}\n  requests: {type: counter}\n  answer: {type: timer, unit: s}',
    ),
    'php/bin/control': '#!/bin/sh\nread n < "$OPENSHIFT_PHP_DIR/n"\necho "thread.count=5 requests=$n answer=0.25"\n',
    'php/n': '100\n',
    'php/env/OPENSHIFT_PHP_DIR': '',
  },
}

/** The two daemons with a real rsyslogd and the rules that we ship between them, and a plain UDP socket at the end. */
describe('gears → rsyslogd → bridge → StatsD', function () {
  this.timeout(60_000)
  const dir = useTempDir()
  let rsyslogd: Rsyslogd
  let bridge: ChildProcess
  let statsd: Socket
  let received: string[]
  let apiPort: number

  const at = (name: string): string => join(dir(), name)
  const program = (name: string, ...args: string[]): readonly [string, string[]] => [
    process.execPath,
    [`src/cli/${name}.ts`, ...args],
  ]
  const environment = () => ({ ...process.env, OPENSHIFT_CONF_DIR: dir() })

  const startBridge = async (): Promise<void> => {
    const [node, args] = program('oo-metrics-bridge', '--config', at('bridge.yml'))
    bridge = spawn(node, args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment() })
    await until(() =>
      fetch(`http://127.0.0.1:${apiPort}/healthz`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    )
  }
  const stopBridge = async (): Promise<void> => {
    const ended = once(bridge, 'exit')
    bridge.kill('SIGTERM')
    expect(await ended).to.deep.equal([0, null])
  }
  const gather = async (): Promise<void> => {
    const [node, args] = program('oo-gather-metrics', '--once', '--config', at('gather.yml'))
    await run(node, args, { env: environment() })
  }
  const doctor = async (): Promise<{
    status: number
    broken: string | null
    hops: { name: string; result: string }[]
  }> => {
    const [node, args] = program(
      'oo-metrics',
      'doctor',
      '--json',
      '--timeout',
      '5',
      '--config',
      at('gather.yml'),
      '--bridge-config',
      at('bridge.yml'),
    )
    const { stdout, code } = await run(node, args, { env: environment() }).then(
      ({ stdout }) => ({ stdout, code: 0 }),
      (failed: { stdout: string; code: number }) => failed,
    )
    return { status: code, ...JSON.parse(stdout) }
  }

  beforeEach(async function () {
    const started = await startRsyslogd({ conf: (paths) => rulesFor(paths, at('bridge.sock')) })
    if (started.missing !== undefined) return this.skip()
    rsyslogd = started
    received = []
    statsd = createSocket('udp4').on('message', (packet) => received.push(...packet.toString().split('\n')))
    statsd.bind(0, '127.0.0.1')
    await once(statsd, 'listening')
    apiPort = await freePort()
    writeGears(at('gears'), { shop01: { ...GEARS.shop01, 'php/env/OPENSHIFT_PHP_DIR': `${at('gears/shop01/php')}/` } })
    writeFileSync(
      at('gather.yml'),
      JSON.stringify({
        node: { name: 'n1' },
        gears: { source: 'directory', baseDir: at('gears') },
        relay: { target: { kind: 'unix', path: rsyslogd.sockets.trusted } },
      }),
    )
    writeFileSync(
      at('bridge.yml'),
      JSON.stringify({
        receivers: { unix: { path: at('bridge.sock') } },
        backends: { graphs: { kind: 'statsd', port: statsd.address().port, dialect: 'datadog-tags' } },
        api: { port: apiPort, tokenFile: at('api.token') },
      }),
    )
    await startBridge()
  })
  afterEach(async () => {
    if (bridge?.exitCode === null) await stopBridge()
    statsd?.close()
    await rsyslogd?.stop()
  })

  const arrived = (pattern: RegExp): Promise<string> => until(() => received.find((line) => pattern.test(line)))

  it('brings what a script prints to a StatsD server, attributed and typed', async () => {
    await gather()
    const tags = '|#cart:php,appName:appshop01,gear:shop01,app:shop01app,ns:acme,node:n1'
    const sorted = (line: string): string =>
      line.replace(/\|#.*/, (all) => `|#${all.slice(2).split(',').sort().join(',')}`)
    expect(sorted(await arrived(/^thread\.count/))).to.equal(sorted(`thread.count:5|g${tags}`))
    expect(sorted(await arrived(/^answer/))).to.equal(sorted(`answer:250|ms${tags}`))
    writeFileSync(at('gears/shop01/php/n'), '142\n')
    await gather()
    expect(sorted(await arrived(/^requests/))).to.equal(sorted(`requests:42|c${tags}`))
  })

  it('brings a line that logger wrote, and believes nothing it says about where it comes from', async function () {
    if (!(await need('bsdutils', 'logger')).found) this.skip()
    await run('logger', ['-u', rsyslogd.sockets.local, '-t', 'app', 'type=metric jobs=7 gear=shop01 label.queue=mail'])
    const line = await arrived(/^jobs/)
    expect(line)
      .to.match(/^jobs:7\|g\|#/)
      .and.to.contain('queue:mail')
      .and.not.to.contain('shop01')
  })

  it('loses nothing that was gathered while the bridge was down', async () => {
    await stopBridge()
    const gathered = gather()
    await wait(500) // the line is with rsyslogd or the gatherer; neither may drop it
    await startBridge()
    await gathered
    await arrived(/^thread\.count/)
  })

  describe('oo-metrics doctor', () => {
    it('sees the metric come through every hop', async () => {
      const { status, broken, hops } = await doctor()
      expect(hops.map(({ name, result }) => [name, result])).to.deep.equal([
        ['gears', 'ok'],
        ['syslog', 'ok'],
        ['bridge', 'ok'],
        ['syslog to bridge', 'ok'],
        ['backend latest', 'ok'],
        ['backend graphs', 'ok'],
      ])
      expect([status, broken]).to.deep.equal([0, null])
      await arrived(/^oo\.doctor\.probe/)
    })

    it('names syslog when rsyslogd is down', async () => {
      await rsyslogd.kill()
      expect(await doctor()).to.include({ status: 1, broken: 'syslog' })
    })

    it('names the bridge when it is down', async () => {
      await stopBridge()
      expect(await doctor()).to.include({ status: 1, broken: 'bridge' })
    })

    it('names the backend when it is down', async () => {
      await new Promise<void>((resolve) => statsd.close(() => resolve()))
      expect(await doctor()).to.include({ status: 1, broken: 'backend graphs' })
      statsd = createSocket('udp4').bind(0)
    })
  })
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The rules that we ship, with this test's paths and the real helper. */
const rulesFor = (paths: RsyslogPaths, bridgeSocket: string): string => {
  const helper = `${process.execPath} ${join(process.cwd(), 'src/cli/oo-metrics-bridge.ts')}`
  const rules = renderTemplate(readFileSync('etc/rsyslog.d/60-oo-metrics.conf', 'utf8'), {
    'oo-metrics-bridge': helper,
    'oo-gather-metrics': 'unused',
  })
  return `
global(workDirectory="${paths.directory}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${paths.local}")
${rules.replaceAll('/run/oo-gather-metrics/syslog.sock', paths.trusted).replace(' omprog"\n', ` omprog --socket ${bridgeSocket}"\n`)}
`
}
