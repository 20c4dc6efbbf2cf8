export interface Mount {
  readonly device: string
  readonly mountPoint: string
  readonly type: string
}

/** `mounts`, see fstab(5), in the order of mounting. */
export const parseMounts = (text: string): readonly Mount[] =>
  text.split('\n').flatMap((line) => {
    const [device, mountPoint, type] = line.split(' ')
    if (!device || !mountPoint || !type) return []
    return [{ device: unquoted(device), mountPoint: unquoted(mountPoint), type }]
  })

/** Blanks, line ends and backslashes are written as three octal digits. */
const unquoted = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/** Types of file systems that lie on a device of the node, from `filesystems`; ZFS has devices but calls itself `nodev`. */
export const parseDeviceTypes = (text: string): ReadonlySet<string> =>
  new Set(['zfs', ...text.split('\n').flatMap((line) => (line.startsWith('\t') ? [line.trim()] : []))])

/**
 * One mount for each device: the one with the shortest path, as others show parts of it elsewhere.
 * A mount that lies below a later one cannot be seen and is left out.
 */
export const physicalMounts = (mounts: readonly Mount[], deviceTypes: ReadonlySet<string>): readonly Mount[] => {
  const visible = new Map(mounts.map((mount) => [mount.mountPoint, mount]))
  const byDevice = new Map<string, Mount>()
  for (const mount of visible.values()) {
    if (!deviceTypes.has(mount.type) || mount.device === 'none') continue
    const other = byDevice.get(mount.device)
    if (!other || mount.mountPoint.length < other.mountPoint.length) byDevice.set(mount.device, mount)
  }
  return [...byDevice.values()]
}
