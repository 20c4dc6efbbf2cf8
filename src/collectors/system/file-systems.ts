import type { FileSystem } from '../../host/file-systems.ts'
import type { HostFacts } from '../../host/host.ts'
import { type Figure, gauge, ratio } from '../figure.ts'
import { createTrend, type Trend } from '../trend.ts'

/** Remembers how each file system has been growing. */
export const createFileSystemFigures = (
  isLeftOut: (type: string) => boolean,
): ((facts: HostFacts) => readonly Figure[]) => {
  let trends: ReadonlyMap<string, Trend> = new Map()
  return ({ timeMs, fileSystems: { measured, unmeasured } }) => {
    const shown = measured.filter(({ type, total }) => total > 0 && !isLeftOut(type))
    trends = new Map([...shown, ...unmeasured].map(({ device }) => [device, trends.get(device) ?? createTrend()]))
    for (const { device, total, free } of shown) trends.get(device)?.add(timeMs, total - free)
    return [
      gauge('system.filesystem.unmeasured', '{filesystem}', unmeasured.length),
      ...shown.flatMap((fileSystem) => figuresOf(fileSystem, trends.get(fileSystem.device))),
    ]
  }
}

/**
 * `available` is what is left for gears: root may have a reserve, so that usage and it do not add up to the limit. Utilization is
 * reckoned without the reserve, as by df(1): at 1 nobody but root can write.
 */
const figuresOf = (fileSystem: FileSystem, trend: Trend | undefined): readonly Figure[] => {
  const { device, mountPoint, type, total, free, available, inodes, inodesFree } = fileSystem
  const labels = { device, mountpoint: mountPoint, type }
  const [used, inodesUsed] = [total - free, inodes - inodesFree]
  const ofInodes = [
    gauge('system.filesystem.inode.usage', '{inode}', inodesUsed, labels),
    gauge('system.filesystem.inode.limit', '{inode}', inodes, labels),
    gauge('system.filesystem.inode.utilization', '1', ratio(inodesUsed, inodes), labels),
  ]
  return [
    gauge('system.filesystem.usage', 'By', used, labels),
    gauge('system.filesystem.limit', 'By', total, labels),
    gauge('system.filesystem.utilization', '1', ratio(used, used + available), labels),
    gauge('system.filesystem.available', 'By', available, labels),
    gauge('system.filesystem.time_to_full', 's', trend?.secondsUntil(available), labels),
    ...(inodes > 0 ? ofInodes : []),
  ]
}
