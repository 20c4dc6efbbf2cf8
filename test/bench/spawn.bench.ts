import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { silentLogger } from '../../src/logger.ts'
import type { Script } from '../../src/node/gear.ts'
import type { RunOptions, Who } from '../../src/scripts/script-run.ts'
import type { createSpawningRunner } from '../../src/scripts/spawner/runner.ts'

interface Row {
  readonly what: string
  /** Runs per second of CPU time: ours, the spawner's and the script's own together. */
  readonly perSecond: number
  /** CPU time of a run against that of the same run by a loop in C, with the same change of user. */
  readonly ratio?: number
}

/** Running a script of three lines, by the code as built, against the least that it can cost. */
export const bench: { readonly name: string; run(): Promise<{ rows: Row[] }> } = {
  name: 'spawn',
  async run() {
    const place = mkdtempSync(join(tmpdir(), 'oo-bench-'))
    chmodSync(place, 0o755)
    writeFileSync(join(place, 'three-lines'), '#!/bin/sh\necho a=1\necho b=2\necho c=3\n', { mode: 0o755 })
    try {
      // before and after, as other things on the machine may slow down either
      const before = floorMs(place)
      const ours = await oursMs(place)
      const floor = Math.min(before, floorMs(place))
      const rows = ours.map(({ what, cpuMs }) => ({ what, perSecond: 1000 / cpuMs, ratio: cpuMs / floor }))
      return { rows: [...rows, { what: 'posix_spawn in C', perSecond: 1000 / floor }] }
    } finally {
      for (const path of [place, BUILT]) rmSync(path, { recursive: true, force: true })
    }
  },
}

const RUNS = 1500
const isRoot = process.getuid?.() === 0
const who: Who = isRoot
  ? { uid: 54_321, gid: 54_322 }
  : { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }

const COMPILER = 'cc'

/** NaN without a C compiler. */
const floorMs = (place: string): number => {
  const program = join(place, 'floor')
  try {
    execFileSync(process.env.CC ?? COMPILER, ['-O2', '-o', program, join(import.meta.dirname, 'spawn-floor.c')])
  } catch {
    return Number.NaN
  }
  const ids = isRoot ? [who.uid, who.gid] : [0, 0]
  const args = [RUNS, ...ids, join(place, 'three-lines')].map(String)
  return Number(execFileSync(program, args, { encoding: 'utf8' })) / 1000 / RUNS
}

type Create = typeof createSpawningRunner

const WAYS = [
  { what: 'spawner and cgroups, one at a time', settings: {}, atOnce: 1 },
  { what: 'spawner and cgroups, four at once', settings: {}, atOnce: 4 },
  { what: 'spawner without cgroups, four at once', settings: { cgroup: '' }, atOnce: 4 },
  { what: 'no spawner, four at once', settings: { spawner: 'never' }, atOnce: 4 },
] as const

const oursMs = async (place: string) => {
  const create = await built()
  const measured: { readonly what: string; readonly cpuMs: number }[] = []
  for (const { what, settings, atOnce } of WAYS) {
    const runner = create({
      settings: { spawner: 'always', cgroup: `/oo-bench-${process.pid}`, maxProcesses: 64, ...settings },
      minUid: 1000,
      logger: silentLogger,
    })
    const run = (): Promise<unknown> => runner.run(scriptIn(place), who, options())
    const spawnerMs = (): number => ticksMs(runner.status().spawner?.pid)
    await repeat(run, 100, atOnce)
    const start = ticksMs(process.pid) + spawnerMs()
    await repeat(run, RUNS, atOnce)
    measured.push({ what, cpuMs: (ticksMs(process.pid) + spawnerMs() - start) / RUNS })
    await runner.close()
  }
  return measured
}

/** Inside the package, for its dependencies. */
const BUILT = resolve('.cache/bench-dist')

/** What is measured is what is published: the spawner is smaller when nothing has to be compiled in it. */
const built = async (): Promise<Create> => {
  mkdirSync(BUILT, { recursive: true })
  execFileSync('tsc', ['-p', 'tsconfig.build.json', '--outDir', BUILT])
  const module = (await import(join(BUILT, 'scripts/spawner/runner.js'))) as { createSpawningRunner: Create }
  return module.createSpawningRunner
}

const scriptIn = (place: string): Script => ({
  kind: 'cartridge',
  path: join(place, 'three-lines'),
  args: ['metrics'],
  cwd: place,
  environment: new Map([
    ['PATH', '/usr/bin:/bin'],
    ...Array.from({ length: 30 }, (_, at) => [`OPENSHIFT_VARIABLE_${at}`, `/var/lib/openshift/gear/${at}`] as const),
  ]),
  declarations: new Map(),
})

const options = (): RunOptions => ({
  limits: { timeoutMs: 5000, killDelayMs: 200, maxLineBytes: 2000, maxOutputBytes: 65_536, maxLines: 1000 },
  abort: new AbortController().signal,
  onLine() {},
})

const repeat = async (run: () => Promise<unknown>, times: number, atOnce: number): Promise<void> => {
  let left = times
  const one = async (): Promise<void> => {
    for (; left > 0; ) {
      left -= 1
      await run()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

const MS_PER_TICK = 10

/** User and system time of a process and of its children that ended, milliseconds. */
const ticksMs = (pid: number | undefined): number => {
  if (pid === undefined) return 0
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK
}
