import { counter, type Figure, gauge } from '../figure.ts'
import { level } from '../level.ts'
import type { Group } from './group.ts'
import { keyedIn, numberIn } from './values.ts'

/** In bytes, each missing where the kernel does not tell it. */
interface Memory {
  /** With the page cache. */
  readonly usage: number | undefined
  /** The group's own; a group above it may allow less. */
  readonly limit: number | undefined
  readonly peak: number | undefined
  /** Page cache that was not used lately, and would be given up first. */
  readonly inactiveFile: number | undefined
  readonly rss: number | undefined
  readonly oomKills: number | undefined
}

/** Memory, the part of it that cannot be given up easily (`working_set`), and what is left of its limit besides that. */
export const memoryFigures = (group: Group): readonly Figure[] => {
  const usage = numberIn(group.v1('memory.usage_in_bytes'))
  const memory = usage === undefined ? memoryOfV2(group) : memoryOfV1(group, usage)
  const workingSet = workingSetOf(memory)
  const available = memory.limit === undefined || workingSet === undefined ? undefined : memory.limit - workingSet
  return [
    ...level('container.memory', 'By', memory),
    gauge('container.memory.working_set', 'By', workingSet),
    gauge('container.memory.available', 'By', available),
    gauge('container.memory.rss', 'By', memory.rss),
    gauge('container.memory.peak', 'By', memory.peak),
    counter('container.memory.oom_kills', '{kill}', memory.oomKills),
  ]
}

const memoryOfV1 = (group: Group, usage: number): Memory => {
  // the sums over the groups below begin with total_
  const stat = keyedIn(group.v1('memory.stat'))
  return {
    usage,
    limit: limited(numberIn(group.v1('memory.limit_in_bytes'))),
    peak: numberIn(group.v1('memory.max_usage_in_bytes')),
    inactiveFile: stat.get('total_inactive_file'),
    rss: stat.get('total_rss'),
    oomKills: keyedIn(group.v1('memory.oom_control')).get('oom_kill'),
  }
}

const memoryOfV2 = (group: Group): Memory => {
  const stat = keyedIn(group.v2('memory.stat'))
  return {
    usage: numberIn(group.v2('memory.current')),
    limit: numberIn(group.v2('memory.max')),
    peak: numberIn(group.v2('memory.peak')),
    inactiveFile: stat.get('inactive_file'),
    rss: stat.get('anon'),
    oomKills: keyedIn(group.v2('memory.events')).get('oom_kill'),
  }
}

/** v1 has no word for no limit: it gives 2^63, rounded down to a page. */
const limited = (limit: number | undefined): number | undefined =>
  limit !== undefined && limit < 2 ** 62 ? limit : undefined

const workingSetOf = ({ usage, inactiveFile }: Memory): number | undefined =>
  usage === undefined || inactiveFile === undefined ? undefined : Math.max(0, usage - inactiveFile)
