import type { Collector } from './collector.ts'
import { createScriptCollector, type ScriptCollectorParts } from './scripts.ts'

/** Everything that some collector needs; handed in by the composition root. */
export type CollectorContext = ScriptCollectorParts

/** To add a collector: write its file, its line here, its test. */
export const collectorKinds: readonly ((context: CollectorContext) => Collector)[] = [createScriptCollector]
