import type { FileSystemReader } from '../../host/file-systems.ts'
import type { Places } from './places.ts'
import { amount, type Usage, type Usages } from './usage.ts'

/** Usage of homes that are a file system of their own. What is kept for root is no part of their limit. */
export const readOwnFileSystems = async (
  own: Places['own'],
  { reader, abort }: { readonly reader: FileSystemReader; readonly abort: AbortSignal },
): Promise<Usages> => {
  const gears = new Map(own.map(([gear, { point }]) => [point, gear]))
  const mounts = own.map(([, { point, source, type }]) => ({ device: source, mountPoint: point, type }))
  const { measured } = await reader.read(mounts, abort)
  return new Map(
    measured.flatMap(({ mountPoint, total, free, available, inodes, inodesFree }) => {
      const gear = gears.get(mountPoint)
      const bytes = amount(total - free, total - free + available)
      const usage: Usage = inodes > 0 ? { bytes, files: amount(inodes - inodesFree, inodes) } : { bytes }
      return gear ? [[gear, usage] as const] : []
    }),
  )
}
