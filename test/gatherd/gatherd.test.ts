import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import type { ScriptState } from '../../src/collectors/script-states.ts'
import { askControl } from '../../src/control/client.ts'
import type { AccountState } from '../../src/gatherd/control.ts'
import { createGatherd, type Gatherd } from '../../src/gatherd/gatherd.ts'
import { type GatherdSettings, gatherdSchema } from '../../src/gatherd/settings.ts'
import { silentLogger } from '../../src/logger.ts'
import { type GearFiles, manifestOf, writeGears } from '../support/node-tree.ts'
import { useTempDir } from '../support/temp.ts'

const LIMIT_MS = 10_000

/** The daemon without its process, with real scripts and a socket in the place of rsyslogd. */
describe('gatherd/gatherd', function () {
  this.timeout(30_000)
  const dir = useTempDir()
  const at = (name: string): string => join(dir(), name)
  let syslog: Server
  let heard = ''
  let daemon: Gatherd | undefined

  beforeEach(async () => {
    heard = ''
    syslog = createServer((client) => {
      client.setEncoding('utf8')
      client.on('data', (text: string) => {
        heard += text
      })
    })
    await new Promise<void>((resolve) => syslog.listen({ path: at('syslog.sock') }, resolve))
  })
  afterEach(async () => {
    await daemon?.stop()
    daemon = undefined
    await new Promise((resolve) => syslog.close(resolve))
  })

  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    for (const endMs = Date.now() + LIMIT_MS; !(await isSo()); await wait(10)) {
      if (Date.now() > endMs) throw new Error(`not so within ${LIMIT_MS} ms; heard: ${heard}`)
    }
  }
  const settingsWith = (changes: object = {}): GatherdSettings =>
    gatherdSchema.parse({
      node: { name: 'n1' },
      gears: { source: 'directory', baseDir: at('gears') },
      gather: { spreadPercent: 0 },
      scripts: { timeoutMs: 5000, gearTimeoutMs: 8000 },
      relay: { target: { kind: 'unix', path: at('syslog.sock') } },
      control: { socket: at('control.sock') },
      ...changes,
    })
  const start = (gears: Readonly<Record<string, GearFiles>>): Gatherd => {
    writeGears(at('gears'), gears)
    daemon = createGatherd(settingsWith(), { confDir: dir(), logger: silentLogger })
    daemon.start()
    return daemon
  }
  const cartridge = (name: string, script: string): GearFiles => ({
    [`${name}/metadata/manifest.yml`]: manifestOf(name, ' [a]'),
    [`${name}/bin/control`]: `#!/bin/sh\n${script}\n`,
  })
  const ask = async (what: string): Promise<unknown> => (await askControl(at('control.sock'), what))?.answer

  it('lets a running script end when it is stopped, begins none after it, and sends what it printed', async () => {
    start({ slow01: { ...cartridge('a', 'echo began=1; sleep 0.5; echo ended=1'), ...cartridge('b', 'echo never=1') } })
    await until(() => heard.includes('began=1'))
    await daemon!.stop()
    daemon = undefined
    await until(() => heard.includes('script.success=1'))
    expect(heard).to.include('ended=1')
    expect(heard).not.to.include('never=1')
  })

  it('measures itself and each run at the end of a round', async () => {
    start({ shop01: cartridge('php', 'echo "a=1 b=x"; exit 3') })
    await until(() => heard.includes('oo.gather.pairs.refused')) // the last of them
    expect(heard).to.match(/type=metric cart=php .* script\.duration=\S+ script\.success=0 script\.backed_off=0/)
    expect(heard).to.match(/ label\.kind=cartridge label\.outcome=failed oo\.gather\.script\.runs=1/)
    expect(heard).to.match(/ label\.reason=not-a-number oo\.gather\.pairs\.refused=1/)
    expect(heard).to.match(/oo\.gather\.pairs\.read=2 .*oo\.gather\.pairs\.sent=1/)
  })

  it('tells on its control socket how scripts fare and what its books say', async () => {
    start({ shop01: cartridge('php', 'echo a=1; echo no such table >&2; exit 3') })
    await until(async () => ((await ask('scripts')) as ScriptState[] | undefined)?.[0]?.last !== undefined)
    const [state] = (await ask('scripts')) as ScriptState[]
    expect(state).to.deep.include({ gear: 'shop01', cart: 'php', failures: 1, roundsLeft: 0 })
    expect(state!.last).to.deep.include({ result: 'failed', exitCode: 3, stderr: 'no such table' })
    const accounts = (await ask('ledger')) as AccountState[]
    expect(accounts).to.deep.include({ stage: 'scripts', gear: 'shop01', in: 1, out: 1, dropped: [] })
    await daemon!.stop()
    daemon = undefined
    expect(existsSync(at('control.sock'))).to.equal(false)
  })

  it('remembers failures when its settings change, and moves its socket', async () => {
    const running = start({ shop01: cartridge('php', 'exit 3') })
    const failures = async (): Promise<number | undefined> =>
      ((await ask('scripts')) as ScriptState[] | undefined)?.[0]?.failures
    await until(async () => (await failures()) === 1)
    await running.reload(settingsWith({ backoff: { afterFailures: 1 } }))
    await until(async () => (await failures()) === 2)
    await running.reload(settingsWith({ control: { enabled: false } }))
    expect(await askControl(at('control.sock'), 'scripts')).to.equal(undefined)
  })

  it('says nothing of itself where that is switched off', async () => {
    writeGears(at('gears'), { shop01: cartridge('php', 'echo a=1') })
    daemon = createGatherd(settingsWith({ gather: { selfMetrics: false, spreadPercent: 0 } }), {
      confDir: dir(),
      logger: silentLogger,
    })
    daemon.start()
    await until(() => heard.includes('a=1'))
    await daemon.stop()
    daemon = undefined
    expect(heard).not.to.match(/oo\.gather|script\./)
  })
})
