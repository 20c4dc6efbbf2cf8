import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createCgroupCollector } from '../../../src/collectors/cgroup/cgroup.ts'
import { type Group, groupIn } from '../../../src/collectors/cgroup/group.ts'
import { hierarchiesIn } from '../../../src/collectors/cgroup/hierarchies.ts'
import type { CgroupSettings } from '../../../src/collectors/cgroup/settings.ts'
import { parseMountInfo } from '../../../src/collectors/mountinfo.ts'
import type { Metric } from '../../../src/metric.ts'
import type { Gear } from '../../../src/node/gear.ts'
import type { Signal } from '../../../src/signal.ts'
import { ManualClock } from '../../support/clock.ts'

const FIXTURES = resolve('test/fixtures/cgroup')
export type Tree = 'v1' | 'v2' | 'hybrid' | 'rhel6'

export const mountInfoOf = (tree: Tree): string =>
  readFileSync(join(FIXTURES, tree, 'mountinfo'), 'utf8').replaceAll('@ROOT@', FIXTURES)

/** The group of the one gear that the trees have, or of another. */
export const groupOf = (tree: Tree, cgroup = '/openshift/aa11'): Group =>
  groupIn(hierarchiesIn(parseMountInfo(mountInfoOf(tree))), cgroup)

/** Makes `directory` look like /proc as far as mounts go. */
export const writeProc = (directory: string, mountInfo: string): string => {
  mkdirSync(join(directory, 'self'), { recursive: true })
  writeFileSync(join(directory, 'self/mountinfo'), mountInfo)
  return directory
}

/** A collector over a clock that stands still; `collect` gives what each call of emit was handed. */
export const makeCollector = (procRoot: string, settings: Partial<CgroupSettings> = {}) => {
  const clock = new ManualClock()
  const cgroup = { enabled: true, normalised: true, classicKeys: [], ...settings }
  const collector = createCgroupCollector({ cgroup, clock, procRoot })
  const collect = async (gears: readonly Gear[], abort = new AbortController().signal) => {
    const emitted: (readonly Signal[])[] = []
    await collector.collect(gears, (signals) => emitted.push(signals), abort)
    return emitted
  }
  return { clock, collector, collect }
}

const OWN_LABELS = ['device', 'operation', 'direction']

/** `name=value` or `name{device=8:0}=value`, the gear's labels left out. */
export const describeMetric = (signal: Signal): string => {
  const { name, value, labels } = signal as Metric
  const own = [...labels].filter(([key]) => OWN_LABELS.includes(key)).map(([key, text]) => `${key}=${text}`)
  return `${name}${own.length > 0 ? `{${own.join(',')}}` : ''}=${value}`
}

export const numberOf = (signals: readonly Signal[], name: string): number | undefined =>
  (signals as readonly Metric[]).find((metric) => metric.name === name)?.value
