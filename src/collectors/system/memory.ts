import type { HostFacts } from '../../host/host.ts'
import { type Figure, gauge, ratio } from '../figure.ts'

/** The states of memory add up to the limit; what is utilized is what programs cannot have any more. */
export const memoryFigures = ({ memory }: HostFacts): readonly Figure[] => {
  if (!memory) return []
  const { total, free, available, buffers, reclaimable, swapTotal, swapFree } = memory
  const cached = memory.cached + reclaimable
  const used = Math.max(total - free - buffers - cached, 0)
  return [
    gauge('system.memory.limit', 'By', total),
    gauge('system.memory.available', 'By', available),
    gauge('system.memory.utilization', '1', ratio(total - available, total)),
    ...Object.entries({ used, free, buffers, cached }).map(([state, bytes]) =>
      gauge('system.memory.usage', 'By', bytes, { state }),
    ),
    gauge('system.swap.usage', 'By', swapTotal - swapFree),
    gauge('system.swap.limit', 'By', swapTotal),
    gauge('system.swap.utilization', '1', ratio(swapTotal - swapFree, swapTotal)),
  ]
}
