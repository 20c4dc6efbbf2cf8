import { expect } from 'chai'
import { diskFigures, networkFigures } from '../../../src/collectors/system/devices.ts'
import { brief, makeFacts } from './facts.ts'

const traffic = { bytes: 1, packets: 2, errors: 3, dropped: 4 }
const network = ['eth0', 'lo'].map((name) => ({ name, received: traffic, transmitted: { ...traffic, bytes: 9 } }))
const transfer = { operations: 5, bytes: 6, timeS: 7 }
const disks = [
  { name: 'sda', isPartition: false, read: transfer, written: { ...transfer, bytes: 8 }, busyS: 9 },
  { name: 'sda1', isPartition: true, read: transfer, written: transfer, busyS: 9 },
  { name: 'loop0', isPartition: false, read: transfer, written: transfer, busyS: 9 },
]

describe('collectors/system/devices', () => {
  it('tells what went through an interface, by direction', () => {
    expect(brief(networkFigures(makeFacts({ network }), (name) => name === 'lo'))).to.deep.equal({
      'system.network.io receive eth0': 1,
      'system.network.packets receive eth0': 2,
      'system.network.errors receive eth0': 3,
      'system.network.dropped receive eth0': 4,
      'system.network.io transmit eth0': 9,
      'system.network.packets transmit eth0': 2,
      'system.network.errors transmit eth0': 3,
      'system.network.dropped transmit eth0': 4,
    })
  })

  it('tells what went to and from a disk, and nothing of its partitions', () => {
    expect(brief(diskFigures(makeFacts({ disks }), (name) => name === 'loop0'))).to.deep.equal({
      'system.disk.io read sda': 6,
      'system.disk.operations read sda': 5,
      'system.disk.operation_time read sda': 7,
      'system.disk.io write sda': 8,
      'system.disk.operations write sda': 5,
      'system.disk.operation_time write sda': 7,
      'system.disk.io_time sda': 9,
    })
  })

  it('calls all of them counters', () => {
    const figures = [
      ...networkFigures(makeFacts({ network }), () => false),
      ...diskFigures(makeFacts({ disks }), () => false),
    ]
    expect(new Set(figures.map(({ kind }) => kind))).to.deep.equal(new Set(['counter']))
  })
})
