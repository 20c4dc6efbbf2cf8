import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.ts'
import { loadSettings } from '../../src/config/load.ts'
import { runRound } from '../../src/gather/round.ts'
import { collectorsFor, listerFor } from '../../src/gatherd/gatherd.ts'
import { gatherdSchema } from '../../src/gatherd/settings.ts'
import { Ledger } from '../../src/ledger.ts'
import { silentLogger } from '../../src/logger.ts'
import { createSpawningRunner } from '../../src/scripts/spawner/runner.ts'
import { type GearFiles, manifestOf, writeGears } from '../support/node-tree.ts'
import type { Bench } from './run.ts'

const GEARS = Number(process.env.OO_BENCH_GEARS ?? 500)
const ROUNDS = Number(process.env.OO_BENCH_ROUNDS ?? 20)

const gear: GearFiles = Object.fromEntries(
  ['a', 'b', 'c'].flatMap((name) => [
    [`${name}/metadata/manifest.yml`, manifestOf(name, ' [x, y, z]')],
    [`${name}/bin/control`, '#!/bin/sh\necho x=1\necho y=2\necho z=3\n'],
  ]),
)

/** This process and its children: resident memory in MiB, proportional where shared, and open files. */
const footprint = (): { readonly mib: number; readonly files: number } => {
  const children = execFileSync('pgrep', ['-P', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
  const pids = [String(process.pid), ...children].filter((pid) => {
    try {
      return !readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('pgrep')
    } catch {
      return false
    }
  })
  const kib = pids.map((pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
  )
  const files = pids.map((pid) => readdirSync(`/proc/${pid}/fd`).length)
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  return { mib: Math.round(sum(kib) / 1024), files: sum(files) }
}

/**
 * Whole rounds over 500 gears of three scripts each, one after the other without waiting for their interval; OO_BENCH_GEARS and
 * OO_BENCH_ROUNDS change how many. The lines about memory are figures, not rates: they should stay the same from round to round.
 */
export const bench: Bench = {
  name: 'node',
  async run() {
    await import('../../src/cli/small-heap.ts') // as the daemon does
    const place = mkdtempSync(join(tmpdir(), 'oo-bench-'))
    try {
      const baseDir = join(place, 'gears')
      writeGears(baseDir, Object.fromEntries(Array.from({ length: GEARS }, (_, at) => [`gear${at}`, gear])))
      writeFileSync(join(place, 'g.yml'), JSON.stringify({ gears: { source: 'directory', baseDir } }))
      const { settings } = loadSettings(gatherdSchema, { file: join(place, 'g.yml'), confDir: place })
      const parts = { ledger: new Ledger(), logger: silentLogger }
      const lister = listerFor(settings, place)
      const runner = createSpawningRunner({
        settings: settings.scripts,
        minUid: settings.gears.minUid,
        logger: silentLogger,
      })
      const collectors = collectorsFor(settings, { ...parts, run: runner.run })
      const never = new AbortController().signal
      let signals = 0
      const round = () =>
        runRound(
          {
            listGears: () => lister.list(),
            collectors,
            emit: (emitted) => {
              signals += emitted.length
            },
            clock: systemClock,
            logger: silentLogger,
            nodeLabels: new Map(),
          },
          0,
          never,
        )
      await round()
      signals = 0
      const startedMs = performance.now()
      const cpuBefore = process.cpuUsage()
      for (let done = 1; done <= ROUNDS; done += 1) {
        await round()
        if (done === 1 || done % Math.ceil(ROUNDS / 5) === 0) {
          const { mib, files } = footprint()
          console.log(`  after round ${String(done).padStart(4)}: ${mib} MiB, ${files} open files`)
        }
      }
      const seconds = (performance.now() - startedMs) / 1000
      const { user, system } = process.cpuUsage(cpuBefore)
      await runner.close()
      console.log(`  CPU of this process: ${((user + system) / 1e3 / ROUNDS).toFixed(0)} ms a round`)
      return {
        rows: [
          { what: `scripts, ${GEARS} gears of 3`, perSecond: (GEARS * 3 * ROUNDS) / seconds },
          { what: 'signals', perSecond: signals / seconds },
        ],
      }
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  },
}
