import type { Clock } from '../clock.ts'
import { createHostReader, type HostFacts } from '../host/host.ts'
import { type HostIdentity, readIdentity } from '../host/identity.ts'
import type { Labels } from '../metric.ts'
import type { Collector } from './collector.ts'
import { type Figure, metricsOf } from './figure.ts'
import { createCpuFigures } from './system/cpu.ts'
import { diskFigures, networkFigures } from './system/devices.ts'
import { createFileSystemFigures } from './system/file-systems.ts'
import { infoFigure, loadFigures, pressureFigures } from './system/kernel.ts'
import { memoryFigures } from './system/memory.ts'
import { matcherOf, type SystemSettings } from './system/settings.ts'

export interface SystemCollectorParts {
  readonly system: SystemSettings
  readonly clock: Clock
  /** Labels of what is said about the node itself. */
  readonly nodeLabels: Labels
  readonly procRoot?: string
  readonly sysRoot?: string
}

/** Measures the node as a whole. */
export const createSystemCollector = (parts: SystemCollectorParts): Collector => {
  const { system, nodeLabels, ...places } = parts
  const host = createHostReader({ ...places, statfsTimeoutMs: system.statfsTimeoutMs })
  const figuresOf = createFigures(system)
  let identity: HostIdentity | undefined
  return {
    name: 'system',
    scope: 'node',
    async collect(_gears, emit, abort) {
      if (!system.enabled) return
      identity ??= readIdentity()
      const facts = await host.read(abort)
      const figures = [...figuresOf(facts), infoFigure(identity)]
      emit(metricsOf(figures, { collector: 'system', timeMs: facts.timeMs, labels: nodeLabels }))
    },
  }
}

/** The names of OpenTelemetry, as a table over the facts. */
const createFigures = (settings: SystemSettings): ((facts: HostFacts) => readonly Figure[]) => {
  const cpuFigures = createCpuFigures()
  const fileSystemFigures = createFileSystemFigures(matcherOf(settings.skipFileSystems))
  const isInterfaceLeftOut = matcherOf(settings.skipInterfaces)
  const isDiskLeftOut = matcherOf(settings.skipDisks)
  return (facts) => [
    ...loadFigures(facts),
    ...cpuFigures(facts),
    ...memoryFigures(facts),
    ...pressureFigures(facts),
    ...networkFigures(facts, isInterfaceLeftOut),
    ...diskFigures(facts, isDiskLeftOut),
    ...fileSystemFigures(facts),
  ]
}
