import type { Clock } from '../clock.ts'
import { boolean, type Infer, section } from '../config/schema.ts'
import { parseUptime } from '../host/load.ts'
import { createOpenFilesCounter } from '../host/open-files.ts'
import { openProc } from '../host/proc.ts'
import type { Gear } from '../node/gear.ts'
import type { Collector } from './collector.ts'
import { metricsOf } from './figure.ts'
import { figuresOf, type PassTime } from './process/figures.ts'
import { createProcessMemories, type ProcessMemories } from './process/memories.ts'
import { createOwners, type Owners } from './process/owners.ts'
import { createBreather, passOver } from './process/pass.ts'
import { createTally, type Tally } from './process/tally.ts'

export const processSchema = section(
  {
    enabled: boolean({
      default: true,
      doc: 'Whether the processes of each gear are counted: states, threads, open files, CPU time, memory, age.',
    }),
  },
  'Processes of gears, told by uid or, where two gears share it or it is 0, by cgroup alone.',
)
export type ProcessSettings = Infer<typeof processSchema>

export interface ProcessCollectorParts {
  readonly process: ProcessSettings
  readonly procRoot?: string
  readonly clock: Pick<Clock, 'now'>
}

/**
 * Counts the processes of all gears in one pass over /proc. pidusage is not used: it knows neither owner, state, threads
 * nor files, keeps one file open per process, and is blind to a pid that is used again.
 */
export const createProcessCollector = ({ process, procRoot = '/proc', clock }: ProcessCollectorParts): Collector => {
  const memories = createProcessMemories()
  const countOpenFiles = createOpenFilesCounter(procRoot)
  return {
    name: 'process',
    scope: 'node',
    async collect(gears, emit, abort) {
      if (!process.enabled) return
      const uptimeS = parseUptime(openProc(procRoot).read('uptime') ?? '')
      if (uptimeS === undefined) throw new Error(`${procRoot}/uptime: expected seconds since boot, got none`)
      const time: PassTime = { timeMs: clock.now(), uptimeS }
      const owners = createOwners(gears)
      const breathe = createBreather()
      const tallies = await passOver({ procRoot, countOpenFiles, owners, breathe }, abort)
      memories.retain(new Set(gears.map(({ id }) => id)), time.timeMs)
      // resting gears still own what they have, but are left alone
      for (const gear of gears.filter(({ resting }) => resting === undefined)) {
        const breath = breathe()
        if (breath) await breath
        if (abort.aborted) return
        const tally = tallies.get(gear) ?? noneOf(gear, owners, memories)
        if (!tally) continue
        const figures = figuresOf(tally, memories.open(gear.id), time)
        emit(metricsOf(figures, { collector: 'process', timeMs: time.timeMs, labels: gear.labels }))
      }
    },
  }
}

/** That a gear has no processes is said only where its processes would be known as its own. */
const noneOf = (gear: Gear, owners: Owners, memories: ProcessMemories): Tally | undefined =>
  owners.byUid(gear.uid) === gear || memories.find(gear.id) ? createTally() : undefined
