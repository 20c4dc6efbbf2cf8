import type { Figure } from '../../../src/collectors/figure.ts'
import type { HostFacts } from '../../../src/host/host.ts'

/** A node of which nothing is known but what a test says. */
export const makeFacts = (changes: Partial<HostFacts> = {}): HostFacts => ({
  timeMs: 1_700_000_000_000,
  stat: undefined,
  load: undefined,
  memory: undefined,
  uptimeS: undefined,
  network: [],
  disks: [],
  pressure: new Map(),
  fileSystems: { measured: [], unmeasured: [] },
  processes: 0,
  ...changes,
})

/** Values that are known, by name and own labels. */
export const brief = (figures: readonly Figure[]): Record<string, number> =>
  Object.fromEntries(
    figures.flatMap(({ name, labels, value }) =>
      value === undefined ? [] : [[[name, ...Object.values(labels ?? {})].join(' '), value]],
    ),
  )
