import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { unlessRefused } from '../../host/proc.ts'
import type { Gear } from '../../node/gear.ts'
import { type Mount, mountOf } from '../mountinfo.ts'
import type { Home } from './usage.ts'

/** Where homes are. Those of neither kind cannot be told from what else lies on their file system. */
export interface Places {
  /** What the base directory is on; undefined when there is no such directory. */
  readonly base: Mount | undefined
  readonly onBase: readonly Home[]
  /** Homes that are a whole file system, of nobody else's. */
  readonly own: readonly (readonly [Gear, Mount])[]
}

/** Looks at the mounts and not into homes: one of them may hang. */
export const placesOf = (
  gears: readonly Gear[],
  { baseDir, mounts }: { readonly baseDir: string; readonly mounts: readonly Mount[] },
): Places => {
  const real = rememberRealPaths()
  const basePath = real(baseDir)
  const base = basePath === undefined ? undefined : mountOf(mounts, basePath)
  const homes = gears.flatMap((gear) => {
    const parent = gear.home === undefined ? undefined : real(dirname(gear.home))
    if (gear.home === undefined || parent === undefined) return []
    const path = join(parent, basename(gear.home))
    const mount = mountOf(mounts, path)
    return mount ? [{ gear, path, mount }] : []
  })
  const byDevice = Map.groupBy(homes, ({ mount }) => mount.device)
  const isOwn = ({ path, mount }: (typeof homes)[number]): boolean =>
    mount.point === path && mount.root === '/' && byDevice.get(mount.device)?.length === 1
  const onBase = homes.filter(({ mount }) => mount.device === base?.device)
  const elsewhere = homes.filter(({ mount }) => mount.device !== base?.device)
  return {
    base,
    onBase: onBase.map(({ gear, path }) => [gear, path]),
    own: elsewhere.filter(isOwn).map(({ gear, mount }) => [gear, mount]),
  }
}

/** Nearly all homes are in the same directory. */
const rememberRealPaths = (): ((path: string) => string | undefined) => {
  const known = new Map<string, string | undefined>()
  return (path) => {
    if (!known.has(path))
      known.set(
        path,
        unlessRefused(() => realpathSync(path)),
      )
    return known.get(path)
  }
}
