import { parseCgroups } from '../../host/process.ts'
import type { Gear } from '../../node/gear.ts'

/** Whose a process is. */
export interface Owners {
  /** By real uid, where it is the uid of one gear only and not root's. */
  byUid(uid: number): Gear | undefined
  /** @param text `PID/cgroup`; the innermost cgroup that is a gear's counts */
  byCgroup(text: string): Gear | undefined
  /** Whether some process can only be told by its cgroup. */
  readonly needsCgroups: boolean
}

export const createOwners = (gears: readonly Gear[]): Owners => {
  const uids = unambiguous(gears, ({ uid }) => (uid === 0 ? undefined : uid))
  const cgroups = unambiguous(gears, ({ cgroup }) => cgroup?.replace(/\/+$/, '') || undefined)
  // processes of one gear or service share this text
  const known = new Map<string, Gear | undefined>()
  return {
    byUid: (uid) => uids.get(uid),
    byCgroup(text) {
      if (!known.has(text)) known.set(text, innermost(parseCgroups(text), cgroups))
      return known.get(text)
    },
    needsCgroups: cgroups.size > 0,
  }
}

/** Gears by a key that only one of them has: what two share proves neither. */
const unambiguous = <K>(gears: readonly Gear[], keyOf: (gear: Gear) => K | undefined): ReadonlyMap<K, Gear> => {
  const found = new Map<K, Gear>()
  const shared = new Set<K>()
  for (const gear of gears) {
    const key = keyOf(gear)
    if (key === undefined) continue
    if (found.has(key)) shared.add(key)
    found.set(key, gear)
  }
  for (const key of shared) found.delete(key)
  return found
}

const innermost = (paths: readonly string[], cgroups: ReadonlyMap<string, Gear>): Gear | undefined => {
  const steps = paths.flatMap(withAncestors).toSorted((a, b) => b.length - a.length)
  const found = steps.find((path) => cgroups.has(path))
  return found === undefined ? undefined : cgroups.get(found)
}

/** `/a/b/c`, `/a/b`, `/a`. */
const withAncestors = (path: string): readonly string[] => {
  const steps: string[] = []
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) steps.push(path.slice(0, end))
  return steps
}
