import type { Declaration } from '../contract.ts'
import type { Problem } from '../errors.ts'
import type { Labels } from '../metric.ts'

/** Where gears come from; one file each in `node/sources/`. */
export const gearSourceNames = ['passwd', 'directory', 'static', 'systemd'] as const
export type GearSourceName = (typeof gearSourceNames)[number]

/** What makes a gear: who it is, and how to reach it. Says nothing yet of what it contains. */
export interface GearIdentity {
  readonly id: string
  readonly source: GearSourceName
  /** Login name, when the uid has one. */
  readonly user?: string
  readonly uid: number
  readonly gid: number
  /** Absolute; a gear made from a service may have none. */
  readonly home?: string
  /** Path of its cgroup below the root of a hierarchy, with a leading slash. */
  readonly cgroup?: string
  /** Attribution and further labels given by the admin (`static`); beats what the home says. */
  readonly labels: Labels
  /** Scripts named by the admin (`static`), besides those of the home. */
  readonly scripts: readonly Script[]
}

/** One executable that prints metrics when it is run as the gear. */
export interface Script {
  readonly kind: 'cartridge' | 'hook'
  /** Manifest name of the cartridge, or what the admin called it; absent for the action hook. */
  readonly cart?: string
  /** Absolute path. */
  readonly path: string
  readonly args: readonly string[]
  /** Absolute directory it starts in. */
  readonly cwd: string
  /** Its whole environment; nothing is inherited. */
  readonly environment: ReadonlyMap<string, string>
  /** What the manifest declares it to print, by metric name. */
  readonly declarations: ReadonlyMap<string, Declaration>
  /** `Metrics-Options: Interval`, inside the admin's bounds; absent: every round. */
  readonly intervalMs?: number
  /** `Metrics-Options: Timeout`, inside the admin's bounds; absent: the admin's own limit. */
  readonly timeoutMs?: number
}

/** `app-root/runtime/.state`, or 'unknown' when it cannot be read; a gear without a home is 'started'. */
export const gearStates = ['new', 'building', 'deploying', 'started', 'idle', 'stopped', 'unknown'] as const
export type GearState = (typeof gearStates)[number]

/** A gear as it stands now, read afresh each round. */
export interface Gear extends Omit<GearIdentity, 'labels' | 'scripts'> {
  readonly state: GearState
  /** Why nothing of it is to be run now: a closed set; absent: it takes part. */
  readonly resting?: 'stopped' | 'idle' | 'stop-lock' | 'in-flux' | 'frozen'
  /** Attribution (`gear app appName ns node`), METRICS_METADATA and the admin's own labels; never `cart`. */
  readonly labels: Labels
  readonly scripts: readonly Script[]
  /** What could not be read in it. Costs only the thing itself; reported as events, one per gear and round. */
  readonly problems: readonly GearProblem[]
}

/** One thing wrong inside a gear, with a reason from a closed set. */
export interface GearProblem extends Problem {
  readonly reason: GearProblemReason
}

export const gearProblemReasons = [
  'manifest-unreadable',
  'manifest-invalid',
  'env-unreadable',
  'env-too-large',
  'metadata-invalid',
  'script-missing',
  'script-not-executable',
  'script-not-a-file',
  'script-foreign-owner',
  'uid-refused',
  'uid-shared',
  'not-own-user',
  'gear-vanished',
  'home-unreadable',
  'id-invalid',
  'id-shared',
  'source-unreadable',
  'static-invalid',
] as const
export type GearProblemReason = (typeof gearProblemReasons)[number]

export const gearProblem = (reason: GearProblemReason, { place, expected, got }: Problem): GearProblem => ({
  reason,
  place,
  expected,
  got,
})

/** Whether a name can be the id of a gear: it stands in paths, labels and logs. */
export const isGearId = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.@:\\-]{0,127}$/.test(name)

/** Lists who the gears are now. One bad entry costs only itself and is told in `problems`. */
export interface GearSource {
  readonly name: GearSourceName
  list(): Promise<{ readonly gears: readonly GearIdentity[]; readonly problems: readonly GearProblem[] }>
}
