import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { createFileSystemReader, type Statfs } from '../../host/file-systems.ts'
import type { Logger } from '../../logger.ts'
import type { Gear } from '../../node/gear.ts'
import type { Collector } from '../collector.ts'
import { metricsOf } from '../figure.ts'
import { readMounts } from '../mountinfo.ts'
import { createTrend, type Trend } from '../trend.ts'
import { readBtrfs } from './btrfs.ts'
import { quotaFigures } from './figures.ts'
import { readOwnFileSystems } from './own-file-system.ts'
import { type Places, placesOf } from './places.ts'
import { readRepquota } from './repquota.ts'
import { createToolRunner, type RunTool } from './run-tool.ts'
import type { QuotaSettings } from './settings.ts'
import { type Home, noReport, type Report, type Usages } from './usage.ts'

export interface QuotaCollectorParts {
  readonly quota: QuotaSettings
  /** `gears.baseDir`: the quota of its file system is that of gears. */
  readonly baseDir: string
  readonly clock: Clock
  readonly logger: Logger
  /** Default /proc. */
  readonly procRoot?: string
  /** Default /sys. */
  readonly sysRoot?: string
  readonly runTool?: RunTool
  readonly statfs?: Statfs
}

/** Rounds are at least 10 s apart and each a little late: half of that too early is on time. */
const EARLY_MS = 5000

/** Disk usage and limits of gears. A node without quota is normal: that is said once, and looked at again each time. */
export const createQuotaCollector = (parts: QuotaCollectorParts): Collector => {
  const { quota, clock } = parts
  const trends = new Map<string, Trend>()
  const read = createReader(parts)
  let readMs: number | undefined

  const isDue = (nowMs: number): boolean =>
    readMs === undefined || nowMs < readMs || nowMs - readMs >= quota.intervalSeconds * 1000 - EARLY_MS
  const trendOf = (id: string): Trend => {
    const trend = trends.get(id) ?? createTrend()
    trends.set(id, trend)
    return trend
  }

  return {
    name: 'quota',
    scope: 'node',
    async collect(gears, emit, abort) {
      const timeMs = clock.now()
      if (!quota.enabled || !isDue(timeMs)) return
      readMs = timeMs
      const ids = new Set(gears.map(({ id }) => id))
      for (const id of trends.keys()) if (!ids.has(id)) trends.delete(id)
      const usages = await read(gears, abort)
      for (const [gear, usage] of usages) {
        const trend = trendOf(gear.id)
        trend.add(timeMs, usage.bytes.used)
        emit(metricsOf(quotaFigures(usage, trend), { collector: 'quota', timeMs, labels: gear.labels }))
        await setImmediate()
      }
    },
  }
}

type Reader = (gears: readonly Gear[], abort: AbortSignal) => Promise<Usages>

const createReader = ({ quota, baseDir, clock, logger, ...parts }: QuotaCollectorParts): Reader => {
  const { procRoot = '/proc', sysRoot = '/sys', runTool = createToolRunner(quota) } = parts
  const statfs = parts.statfs ? { statfs: parts.statfs } : {}
  const reader = createFileSystemReader({ clock, timeoutMs: quota.timeoutMs, ...statfs })
  const tell = createTeller(logger)

  const readBase = async ({ base, onBase }: Places, gears: readonly Gear[], abort: AbortSignal): Promise<Report> => {
    if (!base) return noReport(`no directory ${baseDir}`)
    const { type, source: device } = base
    if (type === 'btrfs') return readBtrfs(onBase, { device, sysRoot, run: runTool, abort })
    if (!device.startsWith('/')) return noReport(`${baseDir} is on ${type}`)
    const counted = withOwnUid(onBase, gears)
    if (counted.length === 0) return noReport('no gear has a uid of its own')
    return readRepquota(counted, { device, run: runTool, abort })
  }

  return async (gears, abort) => {
    const awake = gears.filter(({ resting }) => resting === undefined)
    const places = placesOf(awake, { baseDir, mounts: readMounts(procRoot) })
    const own = await readOwnFileSystems(places.own, { reader, abort })
    if (places.onBase.length === 0 || abort.aborted) return own
    const report = await readBase(places, gears, abort)
    // what was ended early is no news
    if (abort.aborted) return own
    tell(report)
    return report.status === 'read' ? new Map([...own, ...report.usages]) : own
  }
}

/** What is counted by uid and belongs to root, or to several gears, is nobody's. */
const withOwnUid = (homes: readonly Home[], all: readonly Gear[]): readonly Gear[] => {
  const byUid = Map.groupBy(all, ({ uid }) => uid)
  return homes.map(([gear]) => gear).filter(({ uid }) => uid !== 0 && byUid.get(uid)?.length === 1)
}

/** Says where quota comes from, or that there is none, when that has changed. */
const createTeller = (logger: Logger): ((report: Report) => void) => {
  let told: string | undefined
  return (report) => {
    const fault = report.status === 'read' ? report.fault : undefined
    const news = report.status === 'read' ? `${report.source} ${fault !== undefined}` : 'none'
    if (news === told) return
    told = news
    if (report.status === 'read') logger.info(`disk quota: ${report.source}`)
    else logger.info(`disk quota: none, ${report.why}`)
    if (fault !== undefined) logger.warn(`disk quota: ${fault}`)
  }
}
