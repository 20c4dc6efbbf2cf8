import type { Metric } from '../../metric.ts'
import type { Group } from './group.ts'
import { type Pair, parseCgroupFile } from './parse-file.ts'
import { ALL_KEYS } from './settings.ts'

/**
 * The content of whole files under their own names, for rules and graphs that were made for the original.
 * @param keys names of files in the order in which they are told; a file that the group has not is left out
 */
export const classicMetrics = (
  group: Group,
  keys: readonly string[],
  whose: Pick<Metric, 'timeMs' | 'labels'> & { readonly collector: string },
): readonly Metric[] => {
  const files = new Set(keys.flatMap((key) => (key === ALL_KEYS ? group.files() : [key])))
  return [...files].flatMap((file) => {
    const text = group.v1(file) ?? group.v2(file)
    return text === undefined ? [] : parseCgroupFile(file, text).map((pair) => metricOf(pair, whose))
  })
}

const metricOf = (
  { name, value, labels: own }: Pair,
  { labels, ...whose }: Parameters<typeof classicMetrics>[2],
): Metric => {
  const [, kind = 'gauge', unit] = KINDS.find(([names]) => names.test(name)) ?? []
  const all = own ? new Map([...labels, ...Object.entries(own)]) : labels
  return { type: 'metric', name, value, kind, ...(unit !== undefined && { unit }), ...whose, labels: all }
}

/** The first that matches; everything else is a gauge without a unit. Units as in UCUM. */
const KINDS: readonly (readonly [RegExp, 'gauge' | 'counter', string?])[] = [
  [/^cpuacct\.usage/, 'counter', 'ns'],
  [/^cpuacct\.stat\./, 'counter'],
  [/^cpu\.stat\..*_usec$/, 'counter', 'us'],
  [/^cpu\.stat\..*_time$/, 'counter', 'ns'],
  [/^cpu\.stat\.nr_/, 'counter'],
  [/^cpu\.(cfs|rt)_.*_us$/, 'gauge', 'us'],
  [/^memory\..*_in_bytes$/, 'gauge', 'By'],
  [/^memory\.(current|peak|min|low|high|max)$/, 'gauge', 'By'],
  [/^memory\..*(failcnt|\.oom_kill)$|^(memory|pids)\.events\./, 'counter'],
  [/^memory\.stat\.(total_)?(pg|workingset_|thp_|zswp)/, 'counter'],
  [/^memory\.stat\./, 'gauge', 'By'],
  [/^blkio\..*io_service_bytes/, 'counter', 'By'],
  [/^blkio\..*io_(serviced|merged)|^blkio\.sectors/, 'counter'],
  [/^blkio\..*io_.*_time/, 'counter', 'ns'],
  [/^io\.stat\..*bytes$/, 'counter', 'By'],
  [/^io\.stat\./, 'counter'],
  [/\.pressure\..*\.total$/, 'counter', 'us'],
  [/\.pressure\..*\.avg/, 'gauge', '%'],
]
