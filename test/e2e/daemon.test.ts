import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { FrameSplitter } from '../../src/message/framing.ts'
import { manifestOf, writeGears } from '../support/node-tree.ts'
import { useTempDir } from '../support/temp.ts'

const run = promisify(execFile)
const PROGRAM = 'src/cli/oo-gather-metrics.ts'

describe('oo-gather-metrics as a daemon', function () {
  this.timeout(40_000)
  const dir = useTempDir()
  const at = (name: string): string => join(dir(), name)
  const settings = (changes: object): void =>
    writeFileSync(
      at('g.yml'),
      JSON.stringify({
        gears: { source: 'directory', baseDir: at('gears') },
        gather: { intervalSeconds: 10, spreadPercent: 0 },
        relay: { target: { kind: 'unix', path: at('s.sock') } },
        ...changes,
      }),
    )
  const environment = () => ({ ...process.env, OPENSHIFT_CONF_DIR: dir() })

  it('gathers at once, keeps its settings when new ones are bad, takes good ones, and ends in order', async () => {
    writeGears(at('gears'), {
      aa11: {
        'a/metadata/manifest.yml': manifestOf('a', ' [x]'),
        'a/bin/control': '#!/bin/sh\necho x=1\n',
      },
    })
    const frames: string[] = []
    const server = createServer((socket) => {
      const splitter = new FrameSplitter({ maxFrameBytes: 65_536 })
      socket.on('data', (chunk) => {
        splitter.push(chunk, (frame) => frames.push(frame.toString()))
        server.emit('frames')
      })
    }).listen(at('s.sock'))
    await once(server, 'listening')
    const arrived = async (pattern: RegExp): Promise<void> => {
      while (!frames.some((frame) => pattern.test(frame))) await once(server, 'frames')
    }
    settings({ node: { name: 'first' } })
    const daemon = spawn(process.execPath, [PROGRAM, '--config', at('g.yml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment(),
    })
    const ended = once(daemon, 'exit')
    const said: string[] = []
    const log = createInterface(daemon.stderr).on('line', (line) => said.push(line))
    const says = async (pattern: RegExp): Promise<void> => {
      while (!said.some((line) => pattern.test(line))) await once(log, 'line')
    }

    await arrived(/node="first".* type=metric cart=a .* x=1$/)
    settings({ node: { name: 'second' }, gather: { intervalSeconds: 'often' } })
    daemon.kill('SIGHUP')
    await says(/gather\.intervalSeconds: expected a number, got "often"/)
    settings({ node: { name: 'second' } })
    daemon.kill('SIGHUP')
    await arrived(/node="second".* type=metric cart=a .* x=1$/)
    daemon.kill('SIGTERM')
    expect(await ended).to.deep.equal([0, null])
    server.close()
  })

  it('tells every error of its settings at once, and exits with 78', async () => {
    settings({
      gather: { intervalSeconds: 3, cron: '*/7 * * * * *' },
      relay: { target: { kind: 'pigeon' } },
      nonsense: 1,
    })
    writeFileSync(at('node.conf'), 'METRICS_PER_GEAR_TIMEOUT=soon\n')
    const failed = (await run(process.execPath, [PROGRAM, '--check-config', '--config', at('g.yml')], {
      env: environment(),
    }).catch((error: unknown) => error)) as { code: number; stderr: string }
    expect(failed.code).to.equal(78)
    const lines = failed.stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(`${dir()}/`, ''))
    expect(lines).to.have.members([
      'node.conf: METRICS_PER_GEAR_TIMEOUT: expected seconds above 0 and up to 3600, such as 1.5, got "soon"',
      'g.yml: gather.intervalSeconds: expected at least 10, got 3',
      'g.yml: gather.cron: expected steps of seconds and minutes that divide 60, got "*/7 * * * * *"',
      'g.yml: relay.target.kind: expected one of unix, tcp, udp, got "pigeon"',
      'g.yml: nonsense: expected a known setting, got unknown key "nonsense"',
    ])
  })

  it('prints every setting with where it comes from', async () => {
    settings({ node: { name: 'n9' } })
    writeFileSync(at('node.conf'), 'METRICS_PER_SCRIPT_TIMEOUT = 0.5 # seconds\nGEAR_BASE_DIR=/nowhere\n')
    const { stdout } = await run(process.execPath, [PROGRAM, '--print-config', '--config', at('g.yml')], {
      env: environment(),
    })
    expect(stdout).to.contain(`node.name = "n9"  # ${at('g.yml')}\n`)
    expect(stdout).to.contain(`gears.baseDir = "${at('gears')}"  # ${at('g.yml')}\n`)
    expect(stdout).to.contain(`scripts.timeoutMs = 500  # ${at('node.conf')} METRICS_PER_SCRIPT_TIMEOUT\n`)
    expect(stdout).to.contain('scripts.killDelayMs = 200  # default\n')
  })
})
