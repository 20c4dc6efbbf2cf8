import { expect } from 'chai'
import { parseNetwork } from '../../src/host/network.ts'

const HEADINGS = 'Inter-|   Receive | Transmit\n face |bytes packets |bytes packets\n'
const EXPECTED = {
  received: { bytes: 1, packets: 2, errors: 3, dropped: 4 },
  transmitted: { bytes: 9, packets: 10, errors: 11, dropped: 12 },
}

describe('host/network', () => {
  it('takes each column for what it is: dropped is not collisions, nor fifo, nor frame', () => {
    const text = `${HEADINGS}  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`
    expect(parseNetwork(text)).to.deep.equal([{ name: 'eth0', ...EXPECTED }])
  })

  it('reads a number that stands right after the colon, as old kernels write it', () => {
    const text = `${HEADINGS}  eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`
    expect(parseNetwork(text)).to.deep.equal([{ name: 'eth0', ...EXPECTED }])
  })

  it('reads a name that holds a colon, as old aliases do', () => {
    const text = `${HEADINGS}eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`
    expect(parseNetwork(text)[0]?.name).to.equal('eth0:1')
  })

  it('leaves out a line that is not one', () => {
    const lines = ['eth0 1 2 3', 'eth1: 1 2 3', 'eth2: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 x', '']
    expect(parseNetwork(HEADINGS + lines.join('\n'))).to.deep.equal([])
    expect(parseNetwork('')).to.deep.equal([])
  })
})
