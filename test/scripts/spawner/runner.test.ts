import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { unifiedRoot } from '../../../src/scripts/cgroup.ts'
import type { Command } from '../../../src/scripts/command.ts'
import type { ScriptRunner } from '../../../src/scripts/spawner/runner.ts'
import { isAlive } from '../alive.ts'
import { canContain, isRoot, makeRunner, testCgroup, useStage } from '../stage.ts'

const SOON_MS = 4000

/** A program in the place of the spawner. */
const instead = (code: string) => (): Command => ({ file: process.execPath, args: ['-e', code], environment: {} })

const makeLogger = () => {
  const said: string[] = []
  const note = (message: string): void => void said.push(message)
  return { said, logger: { error: note, warn: note, info: note, debug: note } }
}

describe('scripts/spawner/runner', () => {
  const stage = useStage()
  const runners: ScriptRunner[] = []
  const make: typeof makeRunner = (...parts) => {
    const runner = makeRunner(...parts)
    runners.push(runner)
    return runner
  }
  afterEach(async () => {
    for (const runner of runners.splice(0)) await runner.close()
  })
  const pidOf = (runner: ScriptRunner): number => runner.status().spawner!.pid

  it('starts no spawner before there is something to run, then one for all', async () => {
    const runner = make()
    expect(runner.status()).to.deep.equal({ deaths: 0, leaks: 0 })
    await Promise.all([1, 2, 3].map(() => stage().run('prints', { runner: runner.run })))
    const pid = pidOf(runner)
    await stage().run('prints', { runner: runner.run })
    expect(pidOf(runner)).to.equal(pid)
    expect(runner.status()).to.deep.include({ deaths: 0, leaks: 0 })
  })

  it('hands a gear each line of its own, many gears at once', async () => {
    const runner = make()
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        stage().run('no-shebang', { runner: runner.run, script: { args: [String(at)] } }),
      ),
    )
    expect(runs.map(({ lines }) => lines)).to.deep.equal(runs.map((_, at) => [`shell=1 arg=${at}`]))
  })

  it('survives the death of its spawner: what ran is aborted and gone, the next run finds another one', async () => {
    const runner = make()
    await stage().run('prints', { runner: runner.run })
    const running = stage().run('ignores-sigterm', { runner: runner.run })
    await started('ignores-sigterm')
    process.kill(pidOf(runner), 'SIGKILL')
    expect(await running).to.deep.include({ outcome: 'aborted' })
    expect(await stage().run('prints', { runner: runner.run })).to.deep.include({ outcome: 'succeeded' })
    expect(runner.status().deaths).to.equal(1)
    expect(await stage().vanished()).to.deep.equal([])
  })

  it('does not wait for a spawner that hangs, and sends what ran then the careful way', async () => {
    const runner = make({ times: { patienceMs: 5000, stuckMs: 200 } })
    await stage().run('prints', { runner: runner.run })
    process.kill(pidOf(runner), 'SIGSTOP')
    const run = await stage().run('tells-who', { runner: runner.run, limits: { timeoutMs: 300, killDelayMs: 100 } })
    expect(run).to.deep.include({ outcome: 'timed-out', lines: [] })
    expect(run.durationMs).to.be.within(600, SOON_MS)
    expect((await stage().run('prints', { runner: runner.run })).outcome).to.equal('succeeded')
    const suspect = await stage().run('tells-who', { runner: runner.run })
    expect(suspect.outcome).to.equal('succeeded')
    // by way of setpriv(1), which empties it
    if (isRoot) expect(suspect.lines.find((line) => line.startsWith('CapBnd='))).to.match(/=0+$/)
    expect(runner.status().deaths).to.equal(1)
  })

  it('gives up on a spawner that says nothing, or nonsense, and on one that cannot be had', async () => {
    const nonsense = `process.stdout.write(Buffer.alloc(100, 'x')); setInterval(() => {}, 1000)`
    const programs = [instead('setInterval(() => {}, 1000)'), instead(nonsense), instead('process.exit(3)')]
    const commands = [...programs, (): Command => ({ file: '/no/such/program', args: [], environment: {} })]
    for (const commandFor of commands) {
      const runner = make({ commandFor, times: { patienceMs: 300, stuckMs: 100 } })
      const run = await stage().run('prints', { runner: runner.run })
      expect(run).to.deep.include({ outcome: 'not-started', notStarted: 'out-of-resources' })
      expect(runner.status().deaths).to.equal(1)
    }
  })

  it('runs scripts itself where there is no spawner, and says so once', async () => {
    const { said, logger } = makeLogger()
    let nowMs = 0
    const commandFor = instead('console.error("no memory"); process.exit(3)')
    const runner = make({ commandFor, logger, clock: { now: () => nowMs } }, { spawner: 'auto' })
    for (let at = 0; at < 5; at += 1) {
      expect((await stage().run('prints', { runner: runner.run })).lines).to.have.length(2)
      nowMs += 60_000
    }
    expect(runner.status().deaths).to.equal(5)
    expect(said).to.deep.equal(['the spawner of scripts ended: no memory'])
  })

  it('tries again at once, then ever more rarely', async () => {
    let nowMs = 0
    const runner = make({ commandFor: instead('process.exit(3)'), clock: { now: () => nowMs } }, { spawner: 'auto' })
    const deathsAt: number[] = []
    for (; nowMs < 20_000; nowMs += 500) {
      const before = runner.status().deaths
      await stage().run('prints', { runner: runner.run })
      if (runner.status().deaths > before) deathsAt.push(nowMs)
    }
    expect(deathsAt).to.deep.equal([0, 500, 1500, 3500, 7500, 15_500])
  })

  it('needs no spawner where none is wanted', async () => {
    const runner = make({ commandFor: instead('process.exit(3)') }, { spawner: 'never' })
    expect((await stage().run('prints', { runner: runner.run })).lines).to.have.length(2)
    expect(runner.status()).to.deep.equal({ deaths: 0, leaks: 0 })
  })

  it('closed: ends what runs, and its spawner, and starts nothing more', async () => {
    const runner = make()
    await stage().run('prints', { runner: runner.run })
    const pid = pidOf(runner)
    const running = stage().run('hangs', { runner: runner.run, limits: { timeoutMs: 20_000 } })
    await started('hangs')
    await runner.close()
    expect((await running).outcome).to.equal('aborted')
    expect(isAlive(pid)).to.equal(false)
    expect((await stage().run('prints', { runner: runner.run })).notStarted).to.equal('out-of-resources')
    if (canContain) expect(existsSync(join(unifiedRoot()!, testCgroup))).to.equal(false)
  })

  it('has a spawner that ends with the daemon, and then with all that runs', async () => {
    const { pid, child } = await startDaemon()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await until(() => !isAlive(pid))
    expect(await stage().vanished()).to.deep.equal([])
  })

  it('clears away what a spawner left that was killed together with its daemon', async function () {
    if (!canContain) return this.skip()
    const { pid, child } = await startDaemon()
    execFileSync('kill', ['-KILL', String(pid), String(child.pid)])
    await until(() => !isAlive(pid))
    expect(stage().leftovers()).not.to.deep.equal([])
    const { said, logger } = makeLogger()
    const runner = make({ logger })
    await stage().run('prints', { runner: runner.run })
    expect(await stage().vanished()).to.deep.equal([])
    expect(said).to.deep.equal(['cleared away what 1 spawner(s) that are gone had left'])
  })

  it('beside another one on the same host: neither touches what the other runs', async () => {
    const [one, other] = [make(), make()]
    const running = stage().run('hangs', { runner: one.run, limits: { timeoutMs: 1500 } })
    await started('hangs')
    await stage().run('prints', { runner: other.run })
    await other.close()
    expect(await running).to.deep.include({ outcome: 'timed-out', lines: ['before=1'] })
  })

  const started = (name: string): Promise<void> =>
    until(() =>
      stage()
        .leftovers()
        .some((pid) => commandOf(pid).includes(name === 'hangs' ? 'sleep' : name)),
    )

  /** A daemon of its own in which `ignores-sigterm` runs, and the pid of its spawner. */
  const startDaemon = async () => {
    const code = `
      import { makeRunner, gearUser, limits } from ${JSON.stringify(join(import.meta.dirname, '../stage.ts'))}
      const runner = makeRunner({}, { cgroup: ${JSON.stringify(testCgroup)} })
      const script = ${JSON.stringify({ ...stage().script('ignores-sigterm'), environment: 0, declarations: 0 })}
      const environment = new Map([['PATH', '/usr/bin:/bin'], ['STAGE', ${JSON.stringify(stage().directory)}]])
      const onLine = () => console.log(runner.status().spawner.pid)
      const options = { limits: { ...limits, timeoutMs: 30000 }, abort: new AbortController().signal, onLine }
      await runner.run({ ...script, environment }, gearUser, options)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    return { child, pid: Number(line.toString()) }
  }
})

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  const endMs = Date.now() + 5000
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
