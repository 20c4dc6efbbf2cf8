import type { Clock } from '../clock.ts'
import { type Disk, parseDisks } from './disks.ts'
import { createFileSystemReader, type FileSystems, type Statfs } from './file-systems.ts'
import { type KernelStat, parseKernelStat } from './kernel-stat.ts'
import { type Load, parseLoad, parseUptime } from './load.ts'
import { type Memory, parseMemory } from './memory.ts'
import { parseDeviceTypes, parseMounts, physicalMounts } from './mounts.ts'
import { type NetworkInterface, parseNetwork } from './network.ts'
import { type Pressure, type PressureResource, parsePressure, pressureResources } from './pressure.ts'
import { openProc, type Proc, pidsIn } from './proc.ts'

/** Everything that is known of the node at one moment, in seconds and bytes; undefined or empty: it cannot be known here. */
export interface HostFacts {
  readonly timeMs: number
  readonly stat: KernelStat | undefined
  readonly load: Load | undefined
  readonly memory: Memory | undefined
  readonly uptimeS: number | undefined
  readonly network: readonly NetworkInterface[]
  readonly disks: readonly Disk[]
  readonly pressure: ReadonlyMap<PressureResource, Pressure>
  /** One for each device of the node; none of the network or in memory. */
  readonly fileSystems: FileSystems
  readonly processes: number
}

export interface HostReaderParts {
  readonly clock: Clock
  /** Default /proc. */
  readonly procRoot?: string
  /** Default /sys. */
  readonly sysRoot?: string
  /** Longest wait for one file system. */
  readonly statfsTimeoutMs: number
  readonly statfs?: Statfs
}

export interface HostReader {
  /** Starts no process. The node need not have all of it. */
  read(abort: AbortSignal): Promise<HostFacts>
}

/** The one reader of facts about the node; families of names are tables over what it gives. */
export const createHostReader = (parts: HostReaderParts): HostReader => {
  const { clock, procRoot = '/proc', sysRoot = '/sys', statfsTimeoutMs: timeoutMs, statfs } = parts
  const [proc, sys] = [openProc(procRoot), openProc(sysRoot)]
  const fileSystems = createFileSystemReader({ clock, timeoutMs, ...(statfs ? { statfs } : {}) })
  return {
    async read(abort) {
      const facts = { timeMs: clock.now(), ...kernelFacts(proc, sys) }
      const deviceTypes = parseDeviceTypes(proc.read('filesystems') ?? '')
      const mounts = physicalMounts(parseMounts(proc.read('mounts') ?? ''), deviceTypes)
      return { ...facts, fileSystems: await fileSystems.read(mounts, abort) }
    },
  }
}

const kernelFacts = (proc: Proc, sys: Proc) => ({
  stat: parsed(proc.read('stat'), parseKernelStat),
  load: parsed(proc.read('loadavg'), parseLoad),
  memory: parsed(proc.read('meminfo'), parseMemory),
  uptimeS: parsed(proc.read('uptime'), parseUptime),
  network: parsed(proc.read('net/dev'), parseNetwork) ?? [],
  disks: parseDisks(proc.read('diskstats') ?? '', sys.list('block')),
  pressure: pressureOf(proc),
  processes: pidsIn(proc).length,
})

const parsed = <T>(text: string | undefined, parse: (text: string) => T): T | undefined =>
  text === undefined ? undefined : parse(text)

const pressureOf = (proc: Proc): ReadonlyMap<PressureResource, Pressure> => {
  const known = new Map<PressureResource, Pressure>()
  for (const resource of pressureResources) {
    const text = proc.read(`pressure/${resource}`)
    if (text !== undefined) known.set(resource, parsePressure(text))
  }
  return known
}
