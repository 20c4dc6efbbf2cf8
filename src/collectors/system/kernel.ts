import type { HostFacts } from '../../host/host.ts'
import type { HostIdentity } from '../../host/identity.ts'
import type { Stall } from '../../host/pressure.ts'
import { counter, type Figure, gauge } from '../figure.ts'

export const loadFigures = ({ load, uptimeS, processes }: HostFacts): readonly Figure[] => [
  gauge('system.load.1m', '{thread}', load?.[0]),
  gauge('system.load.5m', '{thread}', load?.[1]),
  gauge('system.load.15m', '{thread}', load?.[2]),
  gauge('system.uptime', 's', uptimeS),
  gauge('system.process.count', '{process}', processes),
]

export const pressureFigures = ({ pressure, stat }: HostFacts): readonly Figure[] =>
  [...pressure].flatMap(([resource, { some, full }]) => [
    ...stallFigures(`system.pressure.${resource}.some`, some, stat?.bootMs),
    ...stallFigures(`system.pressure.${resource}.full`, full, stat?.bootMs),
  ])

const stallFigures = (name: string, stall: Stall | undefined, startMs: number | undefined): readonly Figure[] => [
  { ...counter(`${name}.time`, 's', stall?.totalS), startMs },
  gauge(`${name}.avg10`, '1', stall?.share10s),
]

/** Always 1; what it says stands in its labels. What is not known is not said. */
export const infoFigure = ({ os, kernel, arch, cpuModel }: HostIdentity): Figure => {
  const known = Object.entries({ os, kernel, arch, cpu_model: cpuModel }).filter(([, value]) => value !== '')
  return gauge('system.info', '1', 1, Object.fromEntries(known))
}
