import type { Disk } from '../../host/disks.ts'
import type { HostFacts } from '../../host/host.ts'
import type { NetworkInterface } from '../../host/network.ts'
import { counter, type Figure } from '../figure.ts'

type IsLeftOut = (name: string) => boolean

export const networkFigures = ({ network }: HostFacts, isLeftOut: IsLeftOut): readonly Figure[] =>
  network.filter(({ name }) => !isLeftOut(name)).flatMap(interfaceFigures)

const interfaceFigures = ({ name: device, received, transmitted }: NetworkInterface): readonly Figure[] =>
  Object.entries({ receive: received, transmit: transmitted }).flatMap(([direction, traffic]) => {
    const labels = { direction, device }
    return [
      counter('system.network.io', 'By', traffic.bytes, labels),
      counter('system.network.packets', '{packet}', traffic.packets, labels),
      counter('system.network.errors', '{error}', traffic.errors, labels),
      counter('system.network.dropped', '{packet}', traffic.dropped, labels),
    ]
  })

/** Partitions are left out, as their disk counts what they do. */
export const diskFigures = ({ disks }: HostFacts, isLeftOut: IsLeftOut): readonly Figure[] =>
  disks.filter(({ name, isPartition }) => !isPartition && !isLeftOut(name)).flatMap(figuresOfDisk)

const figuresOfDisk = ({ name: device, read, written, busyS }: Disk): readonly Figure[] => [
  ...Object.entries({ read, write: written }).flatMap(([direction, transfer]) => {
    const labels = { direction, device }
    return [
      counter('system.disk.io', 'By', transfer.bytes, labels),
      counter('system.disk.operations', '{operation}', transfer.operations, labels),
      counter('system.disk.operation_time', 's', transfer.timeS, labels),
    ]
  }),
  counter('system.disk.io_time', 's', busyS, { device }),
]
