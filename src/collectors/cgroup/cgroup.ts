import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import type { Metric } from '../../metric.ts'
import type { Gear } from '../../node/gear.ts'
import { createSlots } from '../../scripts/slots.ts'
import type { Collector } from '../collector.ts'
import { type Figure, metricsOf } from '../figure.ts'
import { readMounts } from '../mountinfo.ts'
import { classicMetrics } from './classic.ts'
import { type CpuSample, cpuFigures, cpuSecondsOf } from './cpu.ts'
import { diskFigures } from './disk.ts'
import { type Group, groupIn } from './group.ts'
import { type Hierarchies, hierarchiesIn } from './hierarchies.ts'
import { memoryFigures } from './memory.ts'
import { pressureFigures } from './pressure.ts'
import { createPrevious, type Previous } from './previous.ts'
import { processFigures } from './processes.ts'
import type { CgroupSettings } from './settings.ts'

export interface CgroupCollectorParts {
  readonly cgroup: CgroupSettings
  readonly clock: Pick<Clock, 'now'>
  /** Default /proc. */
  readonly procRoot?: string
}

/** Hierarchies are mounted at boot; a gear's turn comes many times a second. */
const MOUNTS_HOLD_MS = 10_000

/** Reads the cgroup of each gear, v1, v2 or both. A gear without one, or a node without any, is normal and yields nothing. */
export const createCgroupCollector = ({ cgroup, clock, procRoot = '/proc' }: CgroupCollectorParts): Collector => {
  const samples = createPrevious<CpuSample>()
  const hierarchies = held(() => hierarchiesIn(readMounts(procRoot)), clock)
  // a group takes a millisecond at most; others get their turn between two
  const slots = createSlots(1)

  const measure = (gear: Gear, path: string): readonly Metric[] => {
    const timeMs = clock.now()
    const group = groupIn(hierarchies(), path)
    const whose = { collector: 'cgroup', timeMs, labels: gear.labels }
    const normalised = cgroup.normalised ? normalisedFigures(group, samples, { id: gear.id, timeMs }) : []
    return [...classicMetrics(group, cgroup.classicKeys, whose), ...metricsOf(normalised, whose)]
  }

  return {
    name: 'cgroup',
    scope: 'gear',
    async collect(gears, emit, abort) {
      if (!cgroup.enabled) return
      const turns = gears.flatMap((gear) => {
        const { cgroup: path, resting } = gear
        if (path === undefined || resting !== undefined) return []
        return slots.run(async () => {
          await setImmediate()
          const metrics = abort.aborted ? [] : measure(gear, path)
          if (metrics.length > 0) emit(metrics)
        }, abort)
      })
      await Promise.all(turns)
    },
  }
}

const normalisedFigures = (
  group: Group,
  samples: Previous<CpuSample>,
  { id, timeMs }: { readonly id: string; readonly timeMs: number },
): readonly Figure[] => {
  const cpuSeconds = cpuSecondsOf(group)
  const now = cpuSeconds === undefined ? undefined : { timeMs, cpuSeconds }
  return [
    ...cpuFigures(group, { now, last: now && samples.replace(id, now) }),
    ...memoryFigures(group),
    ...processFigures(group),
    ...pressureFigures(group),
    ...diskFigures(group),
  ]
}

const held = (read: () => Hierarchies, clock: Pick<Clock, 'now'>): (() => Hierarchies) => {
  let known: { readonly value: Hierarchies; readonly readMs: number } | undefined
  return () => {
    const nowMs = clock.now()
    const isFresh = known !== undefined && nowMs >= known.readMs && nowMs - known.readMs < MOUNTS_HOLD_MS
    if (!known || !isFresh) known = { value: read(), readMs: nowMs }
    return known.value
  }
}
