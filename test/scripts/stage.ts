import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { silentLogger } from '../../src/logger.ts'
import type { Script } from '../../src/node/gear.ts'
import { unifiedRoot } from '../../src/scripts/cgroup.ts'
import { createScriptRunner } from '../../src/scripts/run.ts'
import type { RunLimits, RunScript, ScriptRun, Who } from '../../src/scripts/script-run.ts'
import type { RunnerParts } from '../../src/scripts/spawner/runner.ts'
import { createSpawningRunner, type ScriptRunner } from '../../src/scripts/spawner/runner.ts'

export const isRoot = process.getuid?.() === 0

/** As root a uid that has no name anywhere, else ourselves. */
export const gearUser: Who = isRoot
  ? { uid: 54_321, gid: 54_322 }
  : { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }

/** Short times, so that tests are quick; sizes as an admin would have them. */
export const limits: RunLimits = {
  timeoutMs: 5000,
  killDelayMs: 100,
  maxLineBytes: 2000,
  maxOutputBytes: 65_536,
  maxLines: 1000,
}

export interface Seen extends ScriptRun {
  readonly lines: readonly string[]
}

export interface Stage {
  /** A directory that a gear can enter, with a copy of each script. */
  readonly directory: string
  script(name: string, changes?: Partial<Script>): Script
  run(name: string, changes?: RunChanges): Promise<Seen>
  /** Pids of what the scripts of this stage started and is still there. */
  leftovers(): number[]
  /** Waits, within a bound, until nothing is left; resolves to what is left all the same. */
  vanished(): Promise<number[]>
}

export interface RunChanges {
  readonly limits?: Partial<RunLimits>
  readonly script?: Partial<Script>
  readonly who?: Who
  readonly abort?: AbortSignal
  readonly runner?: RunScript
}

/** How scripts may be run: by the daemon itself, by a spawner without cgroups, or with them, where that can be had. */
export type Way = 'direct' | 'spawner' | 'contained'
export const canContain = isRoot && unifiedRoot() !== undefined
export const ways: readonly Way[] = canContain ? ['direct', 'spawner', 'contained'] : ['direct', 'spawner']

/** Below the root of the hierarchy; each test process has its own. */
export const testCgroup = `/oo-test-${process.pid}`

export const makeRunner = (
  changes: Partial<RunnerParts> = {},
  settings: Partial<RunnerParts['settings']> = {},
): ScriptRunner =>
  createSpawningRunner({
    settings: { spawner: 'always', cgroup: testCgroup, maxProcesses: 64, ...settings },
    minUid: 1000,
    logger: silentLogger,
    ...changes,
  })

/** A runner around all tests of the surrounding `describe`. */
export const useRunner = (way: Way): (() => RunScript) => {
  let runner: ScriptRunner | undefined
  before(() => {
    if (way !== 'direct') runner = makeRunner({}, { cgroup: way === 'contained' ? testCgroup : '' })
  })
  after(() => runner?.close())
  return () => runner?.run ?? createScriptRunner({ minUid: 1000 })
}

const FIXTURES = 'test/fixtures/scripts'

interface StageOptions {
  readonly mayLeave?: boolean
  readonly way?: Way
}

/**
 * Makes a stage around each test of the surrounding `describe`, and expects it to be empty afterwards.
 * @param mayLeave what is known to get away: it is only cleared off
 */
export const useStage = ({ mayLeave = false, way = 'direct' }: StageOptions = {}): (() => Stage) => {
  let stage: Stage
  const runner = useRunner(way)
  beforeEach(() => {
    stage = makeStage(runner())
  })
  afterEach(async () => {
    const left = mayLeave ? [] : await stage.vanished()
    for (const pid of stage.leftovers()) killQuietly(pid)
    rmSync(stage.directory, { recursive: true, force: true })
    expect(left, 'processes left behind').to.deep.equal([])
  })
  return () => stage
}

const makeStage = (usual: RunScript): Stage => {
  const directory = mkdtempSync(join(tmpdir(), 'oo-scripts-'))
  chmodSync(directory, 0o755)
  for (const name of readdirSync(FIXTURES)) {
    copyFileSync(join(FIXTURES, name), join(directory, name))
    chmodSync(join(directory, name), (statSync(join(FIXTURES, name)).mode & 0o111) === 0 ? 0o644 : 0o755)
  }
  const script = (name: string, changes: Partial<Script> = {}): Script => ({
    kind: 'cartridge',
    cart: 'mock',
    path: join(directory, name),
    args: [],
    cwd: directory,
    declarations: new Map(),
    ...changes,
    // marks whatever descends from it
    environment: new Map([['PATH', '/usr/bin:/bin'], ['STAGE', directory], ...(changes.environment ?? [])]),
  })
  const leftovers = (): number[] => pidsWith(`STAGE=${directory}`)
  return {
    directory,
    script,
    leftovers,
    async vanished() {
      const endMs = Date.now() + 3000
      while (leftovers().length > 0 && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10))
      return leftovers()
    },
    async run(name, changes = {}) {
      const lines: string[] = []
      const runner = changes.runner ?? usual
      const run = await runner(script(name, changes.script), changes.who ?? gearUser, {
        limits: { ...limits, ...changes.limits },
        abort: changes.abort ?? new AbortController().signal,
        onLine: (line) => void lines.push(line.toString()),
      })
      return { ...run, lines }
    },
  }
}

const pidsWith = (variable: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(variable))
    .map(Number)

const environmentOf = (pid: string): string[] => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
  } catch {
    return []
  }
}

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended by itself
  }
}
