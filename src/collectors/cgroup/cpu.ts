import { counter, type Figure, ratio } from '../figure.ts'
import { level } from '../level.ts'
import type { Group } from './group.ts'
import { keyedIn, numberIn, scaled } from './values.ts'

/** What was known of a gear's CPU time at one moment. */
export interface CpuSample {
  readonly timeMs: number
  /** CPU time since the group was made, seconds. */
  readonly cpuSeconds: number
}

/** CPU time of the group and all below it, in seconds; undefined where it is not counted. */
export const cpuSecondsOf = (group: Group): number | undefined => {
  const ofV1 = scaled(numberIn(group.v1('cpuacct.usage')), 1e9)
  return ofV1 ?? scaled(keyedIn(group.v2('cpu.stat')).get('usage_usec'), 1e6)
}

/**
 * CPU time, how many CPUs that was since the last sample, how many it may use, and how often it was held back for that.
 * Without modes, as `container.cpu.time` has a mode on all of its points or on none.
 */
export const cpuFigures = (
  group: Group,
  { now, last }: { readonly now: CpuSample | undefined; readonly last: CpuSample | undefined },
): readonly Figure[] => [
  counter('container.cpu.time', 's', now?.cpuSeconds),
  ...level('container.cpu', '{cpu}', { usage: now && last && cpusBetween(last, now), limit: cpuLimitOf(group) }),
  ...throttlingFigures(group),
]

/** undefined when the clock was set back, or the group made anew. */
const cpusBetween = (last: CpuSample, now: CpuSample): number | undefined => {
  const elapsedMs = now.timeMs - last.timeMs
  const seconds = now.cpuSeconds - last.cpuSeconds
  return elapsedMs > 0 && seconds >= 0 ? (seconds * 1000) / elapsedMs : undefined
}

/** In CPUs; of the group itself, a group above it may allow less. No limit is -1 in v1, `max` in v2. */
const cpuLimitOf = (group: Group): number | undefined => {
  const quota = numberIn(group.v1('cpu.cfs_quota_us'))
  if (quota !== undefined) return quota < 0 ? undefined : ratio(quota, numberIn(group.v1('cpu.cfs_period_us')))
  const [most, period] = group.v2('cpu.max')?.split(' ') ?? []
  return ratio(numberIn(most), numberIn(period))
}

const throttlingFigures = (group: Group): readonly Figure[] => {
  const ofV1 = group.v1('cpu.stat')
  const stat = keyedIn(ofV1 ?? group.v2('cpu.stat'))
  const seconds = ofV1 === undefined ? scaled(stat.get('throttled_usec'), 1e6) : scaled(stat.get('throttled_time'), 1e9)
  return [
    counter('container.cpu.throttling.periods', '{period}', stat.get('nr_periods')),
    counter('container.cpu.throttling.throttled_periods', '{period}', stat.get('nr_throttled')),
    counter('container.cpu.throttling.throttled_time', 's', seconds),
  ]
}
