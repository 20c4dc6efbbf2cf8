import { type Pressure, parsePressure, pressureResources } from '../../host/pressure.ts'
import { counter, type Figure, gauge } from '../figure.ts'
import type { Group } from './group.ts'

/**
 * How long processes waited for a resource: some of them, or all at once (`full`). The part of the last ten seconds, and
 * the time altogether. Only cgroup v2 has it, and only where pressure is switched on.
 */
export const pressureFigures = (group: Group): readonly Figure[] =>
  pressureResources.flatMap((resource) => {
    const pressure = parsePressure(group.v2(`${resource}.pressure`) ?? '')
    const name = `container.pressure.${resource}`
    return [...stallFigures(`${name}.some`, pressure.some), ...stallFigures(`${name}.full`, pressure.full)]
  })

const stallFigures = (name: string, stall: Pressure['some']): readonly Figure[] => [
  gauge(`${name}.avg10`, '1', stall?.share10s),
  counter(`${name}.time`, 's', stall?.totalS),
]
