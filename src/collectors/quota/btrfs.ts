import { realpathSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { basename } from 'node:path'
import { openProc, type Proc, unlessRefused } from '../../host/proc.ts'
import type { Gear } from '../../node/gear.ts'
import type { RunTool, ToolRun } from './run-tool.ts'
import { amount, type Home, noReport, type Report, type Usage } from './usage.ts'

export interface BtrfsParts {
  /** One device of the file system. */
  readonly device: string
  readonly sysRoot: string
  readonly run: RunTool
  readonly abort: AbortSignal
  readonly inodeOf?: (path: string) => Promise<number | undefined>
}

/**
 * Usage of homes that are Btrfs subvolumes, by the qgroup of each as the kernel shows it in sysfs. btrfs(8) would tell the
 * same, but with the names of all subvolumes, which tenants may choose, line ends included.
 */
export const readBtrfs = async (homes: readonly Home[], parts: BtrfsParts): Promise<Report> => {
  const sys = openProc(`${parts.sysRoot}/fs/btrfs`)
  const fsid = fsidOf(sys, parts.device)
  if (fsid === undefined) return noReport(`${parts.device} is no Btrfs that ${sys.root} knows`)
  if (wordIn(sys, `${fsid}/qgroups/enabled`) !== '1') return noReport(`quota of Btrfs ${parts.device} is switched off`)
  if (wordIn(sys, `${fsid}/qgroups/inconsistent`) === '1') {
    return noReport(`quota of Btrfs ${parts.device} is inconsistent until it is scanned again`)
  }
  const roots = await subvolumesAmong(homes, parts.inodeOf)
  const ran = await statAll([...roots.keys()], parts)
  if (ran.status === 'failed') return noReport(ran.why)
  const usages = new Map<Gear, Usage>()
  for (const [id, home] of parseStat(ran.stdout)) {
    const gear = roots.get(home)
    const usage = usageOf(sys, `${fsid}/qgroups/0_${subvolumeIn(id, fsid)}`)
    if (gear && usage) usages.set(gear, usage)
  }
  return { status: 'read', source: `Btrfs qgroups of ${parts.device}`, usages }
}

const fsidOf = (sys: Proc, device: string): string | undefined => {
  // /dev/mapper/vg-home is a link to /dev/dm-0
  const name = basename(unlessRefused(() => realpathSync(device)) ?? device)
  return sys.list('').find((fsid) => /^[0-9a-f-]{36}$/.test(fsid) && sys.list(`${fsid}/devices`).includes(name))
}

const wordIn = (sys: Proc, path: string): string => sys.read(path)?.trim() ?? ''

/** The root of every subvolume has this inode; in any other directory the qgroup would be that of all around it. */
const SUBVOLUME_INODE = 256

const systemInodeOf = async (path: string): Promise<number | undefined> => {
  const stats = await lstat(path).catch(() => undefined)
  return stats?.ino
}

const subvolumesAmong = async (homes: readonly Home[], inodeOf = systemInodeOf): Promise<ReadonlyMap<string, Gear>> => {
  const roots = new Map<string, Gear>()
  for (const [gear, home] of homes) {
    if ((await inodeOf(home)) === SUBVOLUME_INODE) roots.set(home, gear)
  }
  return roots
}

/** One process for all. A home that has vanished since makes the status 1, and is missing. */
const statAll = async (homes: readonly string[], { run, abort }: BtrfsParts): Promise<ToolRun> =>
  homes.length === 0
    ? { status: 'ended', exitCode: 0, stdout: '', stderr: '' }
    : run('stat', ['-f', '-c', '%i %n', '--', ...homes], abort)

const parseStat = (printed: string): readonly (readonly [string, string])[] =>
  printed.split('\n').flatMap((line) => {
    const [, id, home] = /^([0-9a-f]{1,16}) (.*)$/.exec(line) ?? []
    return id === undefined || home === undefined ? [] : [[id, home] as const]
  })

/**
 * The id of the subvolume out of `f_fsid` of statfs(2): there it is mixed with the two halves of the file system's own id,
 * see btrfs_statfs() of Linux.
 */
export const subvolumeIn = (statfsId: string, fsid: string): bigint => {
  const digits = fsid.replaceAll('-', '')
  return BigInt(`0x${statfsId}`) ^ BigInt(`0x${digits.slice(0, 16)}`) ^ BigInt(`0x${digits.slice(16)}`)
}

/** Bits of limit_flags, see BTRFS_QGROUP_LIMIT_… in linux/btrfs_tree.h. */
const MAX_REFERENCED = 1
const MAX_EXCLUSIVE = 2

const usageOf = (sys: Proc, qgroup: string): Usage | undefined => {
  const flags = Number(wordIn(sys, `${qgroup}/limit_flags`))
  // data that is shared with snapshots counts, unless only what is not shared is limited
  const counted = (flags & (MAX_REFERENCED | MAX_EXCLUSIVE)) === MAX_EXCLUSIVE ? 'exclusive' : 'referenced'
  const isLimited = (flags & (MAX_REFERENCED | MAX_EXCLUSIVE)) !== 0
  const used = wordIn(sys, `${qgroup}/${counted}`)
  if (!/^\d+$/.test(used)) return undefined
  return { bytes: amount(Number(used), isLimited ? Number(wordIn(sys, `${qgroup}/max_${counted}`)) : 0) }
}
