import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pidusage from 'pidusage'
import { systemClock } from '../../src/clock.ts'
import { createProcessCollector } from '../../src/collectors/process.ts'
import { makeGear } from '../support/gear.ts'

interface Row {
  readonly what: string
  /** Processes. */
  readonly perSecond: number
  /** Against pidusage in the same run, which then knows CPU time, memory and age only. */
  readonly ratio?: number
}

const GEARS = 500
const PROCESSES_PER_GEAR = 4
const ALL = GEARS * PROCESSES_PER_GEAR

/** Looking once at all processes of a node: of a made /proc with 500 gears, and of real ones, once by us and once by pidusage. */
export const bench: { readonly name: string; run(): Promise<{ rows: Row[] }> } = {
  name: 'process',
  async run() {
    const made = await ofMadeProc()
    const real = await ofRealProcesses()
    return {
      rows: [
        { what: `${ALL} processes of ${GEARS} gears, made /proc`, perSecond: made },
        { what: `${ALL} real processes`, perSecond: real.ours, ratio: real.ours / real.pidusage },
        { what: `${ALL} real processes, pidusage (${real.filesHeld} files stay open)`, perSecond: real.pidusage },
      ],
    }
  },
}

const ROUNDS = 7

/** The best of several rounds: what disturbs a round can only slow it down. */
const perSecond = async (look: () => Promise<unknown>): Promise<number> => {
  let best = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage()
    await look()
    const { user, system } = process.cpuUsage(before)
    best = Math.max(best, (ALL * 1e6) / (user + system))
  }
  return best
}

const ofMadeProc = async (): Promise<number> => {
  const root = mkdtempSync(join(tmpdir(), 'oo-bench-'))
  try {
    writeFileSync(join(root, 'uptime'), '5000.00 9000.00\n')
    for (let pid = 1; pid <= ALL; pid += 1) makeProcess(root, pid, 2000 + (pid % GEARS))
    const gears = Array.from({ length: GEARS }, (_, index) => makeGear(`gear-${index}`, { uid: 2000 + index }))
    return await lookAt(root, gears)
  } finally {
    rmSync(root, { recursive: true })
  }
}

const lookAt = (procRoot: string, gears: readonly ReturnType<typeof makeGear>[]): Promise<number> => {
  const collector = createProcessCollector({ process: { enabled: true }, procRoot, clock: systemClock })
  const abort = new AbortController().signal
  return perSecond(() => collector.collect(gears, () => undefined, abort))
}

const makeProcess = (root: string, pid: number, uid: number): void => {
  const directory = join(root, String(pid))
  mkdirSync(join(directory, 'fd'), { recursive: true })
  for (let fd = 0; fd < 8; fd += 1) writeFileSync(join(directory, 'fd', String(fd)), '')
  const rest = Array.from({ length: 28 }, () => '0').join(' ')
  writeFileSync(
    join(directory, 'stat'),
    `${pid} (php-fpm) S 1 1 1 0 -1 0 0 0 0 0 40 20 0 0 20 0 3 0 400 9000000 500 ${rest}\n`,
  )
  writeFileSync(
    join(directory, 'status'),
    `Name:\tphp-fpm\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nFDSize:\t64\nVmRSS:\t  2048 kB\n`,
  )
  writeFileSync(join(directory, 'limits'), 'Limit  Soft  Hard  Units\nMax open files            1024  4096  files\n')
}

/** As root they run as another user: processes of root are nobody's. */
const OTHER_UID = 58_732

const ofRealProcesses = async (): Promise<{ ours: number; pidusage: number; filesHeld: number }> => {
  const isRoot = process.getuid?.() === 0
  const uid = isRoot ? OTHER_UID : (process.getuid?.() ?? -1)
  const sleepers = spawn('sh', ['-c', SLEEPERS], {
    ...(isRoot ? { uid, gid: uid } : {}),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const pids = await pidsFrom(sleepers)
    const ours = await lookAt('/proc', [makeGear('bench', { uid })])
    const filesBefore = openFiles()
    const theirs = await perSecond(() => pidusage([...pids]))
    const filesHeld = openFiles() - filesBefore
    pidusage.clear()
    return { ours, pidusage: theirs, filesHeld }
  } finally {
    sleepers.stdin?.end()
    await once(sleepers, 'close')
  }
}

const openFiles = (): number => readdirSync('/proc/self/fd').length

/** They end when the one that started them is told to, or is gone. */
const SLEEPERS = `pids=; i=0
while [ $i -lt ${ALL} ]; do sleep 600 > /dev/null & pids="$pids $!"; i=$((i + 1)); done
echo $pids; read -r _; kill $pids`

const pidsFrom = async ({ stdout }: ChildProcess): Promise<readonly string[]> => {
  let text = ''
  for await (const chunk of stdout ?? []) {
    text += String(chunk)
    if (text.endsWith('\n')) break
  }
  return text.trim().split(' ')
}
