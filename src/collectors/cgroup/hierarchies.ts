import { posix } from 'node:path'
import { below, type Mount } from '../mountinfo.ts'

/** The cgroup trees of a node, each as a function from a path below its root to the directory where that can be read. */
export interface Hierarchies {
  /** By controller; one mount may hold several, `cpu,cpuacct` or all of them. */
  readonly v1: ReadonlyMap<string, Hierarchy>
  /** The unified one, alone or beside v1. */
  readonly v2?: Hierarchy
}

/** @returns undefined when the mount does not show this group */
type Hierarchy = (cgroup: string) => string | undefined

/** Finds the hierarchies among the mounts, wherever they are mounted. */
export const hierarchiesIn = (mounts: readonly Mount[]): Hierarchies => {
  const v1 = new Map<string, Mount>()
  for (const mount of mounts.filter(({ type }) => type === 'cgroup')) {
    // words such as `rw` are among the options too, but no file begins with them
    for (const controller of mount.options) v1.set(controller, better(v1.get(controller), mount))
  }
  const v2 = mounts.filter(({ type }) => type === 'cgroup2').reduce<Mount | undefined>(better, undefined)
  return {
    v1: new Map([...v1].map(([controller, mount]) => [controller, hierarchyAt(mount)])),
    ...(v2 && { v2: hierarchyAt(v2) }),
  }
}

/** Containers mount parts of a hierarchy again; the whole one shows most. */
const better = (known: Mount | undefined, mount: Mount): Mount =>
  known && (known.root === '/' || mount.root !== '/') ? known : mount

const hierarchyAt =
  ({ root, point }: Mount): Hierarchy =>
  (cgroup) => {
    const path = below(root, posix.normalize(cgroup))
    return path === undefined ? undefined : posix.join(point, path)
  }
