import { type CgroupCollectorParts, createCgroupCollector } from './cgroup/cgroup.ts'
import type { Collector } from './collector.ts'
import { createProcessCollector, type ProcessCollectorParts } from './process.ts'
import { createQuotaCollector, type QuotaCollectorParts } from './quota/quota.ts'
import { createScriptCollector, type ScriptCollectorParts } from './scripts.ts'
import { createSystemCollector, type SystemCollectorParts } from './system.ts'

/** Everything that some collector needs; handed in by the composition root. */
export type CollectorContext = ScriptCollectorParts &
  CgroupCollectorParts &
  QuotaCollectorParts &
  ProcessCollectorParts &
  SystemCollectorParts

/** To add a collector: write its file, its line here, its test. */
export const collectorKinds: readonly ((context: CollectorContext) => Collector)[] = [
  createScriptCollector,
  createCgroupCollector,
  createQuotaCollector,
  createProcessCollector,
  createSystemCollector,
]
