import { type Figure, gauge, ratio } from '../figure.ts'
import type { Group } from './group.ts'
import { numberIn } from './values.ts'

/** How many processes there are and may be, as the pids controller counts them: each thread is one. */
export const processFigures = (group: Group): readonly Figure[] => {
  const count = numberIn(group.v1('pids.current') ?? group.v2('pids.current'))
  const limit = numberIn(group.v1('pids.max') ?? group.v2('pids.max'))
  return [
    gauge('container.process.count', '{process}', count),
    gauge('container.process.limit', '{process}', limit),
    gauge('container.process.utilization', '1', ratio(count, limit)),
  ]
}
