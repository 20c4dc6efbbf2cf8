import { expect } from 'chai'
import { parseDisks } from '../../src/host/disks.ts'

const LINE = '   8       0 sda 100 1 2000 3000 400 5 6000 7000 8 9000 10000'

describe('host/disks', () => {
  it('counts sectors of 512 bytes, and milliseconds as seconds', () => {
    expect(parseDisks(LINE, ['sda'])).to.deep.equal([
      {
        name: 'sda',
        isPartition: false,
        read: { operations: 100, bytes: 1_024_000, timeS: 3 },
        written: { operations: 400, bytes: 3_072_000, timeS: 7 },
        busyS: 9,
      },
    ])
  })

  it('reads the longer lines of newer kernels alike', () => {
    expect(parseDisks(`${LINE} 1 2 3 4 5 6`, ['sda'])).to.deep.equal(parseDisks(LINE, ['sda']))
  })

  it('knows a partition by not being among the block devices', () => {
    const text = ['sda', 'sda1', 'cciss/c0d0', 'xvda1'].map((name) => LINE.replace('sda', name)).join('\n')
    const partitions = parseDisks(text, ['sda', 'cciss!c0d0', 'xvda1']).filter(({ isPartition }) => isPartition)
    expect(partitions.map(({ name }) => name)).to.deep.equal(['sda1'])
  })

  it('takes nothing for a partition where the block devices cannot be listed', () => {
    expect(parseDisks(LINE, [])[0]?.isPartition).to.equal(false)
  })

  for (const text of ['', '8 1 sda1 1 2 3 4', `${LINE} x`, '8 0']) {
    it(`knows no disk from ${JSON.stringify(text)}`, () => expect(parseDisks(text, [])).to.deep.equal([]))
  }
})
