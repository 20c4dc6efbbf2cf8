import { counter, type Figure } from '../figure.ts'
import type { Group } from './group.ts'
import { type Pair, parseCgroupFile } from './parse-file.ts'

/** Bytes and operations by device (`8:0`) and direction; what is discarded is neither read nor written. */
export const diskFigures = (group: Group): readonly Figure[] => {
  const bytes = readV1(group, 'io_service_bytes')
  if (bytes) return [...fromV1(bytes, IO), ...fromV1(readV1(group, 'io_serviced') ?? [], OPERATIONS)]
  return parseCgroupFile('io.stat', group.v2('io.stat') ?? '').flatMap(fromV2)
}

const IO = ['container.disk.io', 'By'] as const
const OPERATIONS = ['container.disk.operations', '{operation}'] as const
type Quantity = typeof IO | typeof OPERATIONS

/** Older kernels have no counts but those of the group without the ones below it. */
const readV1 = (group: Group, count: string): readonly Pair[] | undefined => {
  const file = `blkio.throttle.${count}`
  const text = group.v1(`${file}_recursive`) ?? group.v1(file)
  return text === undefined ? undefined : parseCgroupFile(file, text)
}

const fromV1 = (pairs: readonly Pair[], quantity: Quantity): readonly Figure[] =>
  pairs.flatMap((pair) => {
    const direction = pair.labels?.operation
    return direction === 'read' || direction === 'write' ? [figureOf(pair, direction, quantity)] : []
  })

const V2 = new Map<string, readonly ['read' | 'write', Quantity]>([
  ['io.stat.rbytes', ['read', IO]],
  ['io.stat.wbytes', ['write', IO]],
  ['io.stat.rios', ['read', OPERATIONS]],
  ['io.stat.wios', ['write', OPERATIONS]],
])

const fromV2 = (pair: Pair): readonly Figure[] => {
  const [direction, quantity] = V2.get(pair.name) ?? []
  return direction && quantity ? [figureOf(pair, direction, quantity)] : []
}

const figureOf = ({ value, labels }: Pair, direction: 'read' | 'write', [name, unit]: Quantity): Figure =>
  counter(name, unit, value, { device: labels?.device ?? '', direction })
