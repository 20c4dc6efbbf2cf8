import { expect } from 'chai'
import { parsePressure } from '../../src/host/pressure.ts'

describe('host/pressure', () => {
  it('turns a percentage into a ratio, and microseconds into seconds', () => {
    const text =
      'some avg10=12.34 avg60=16.75 avg300=32.16 total=333526939\nfull avg10=100.00 avg60=0.00 avg300=0.00 total=0\n'
    expect(parsePressure(text)).to.deep.equal({
      some: { share10s: 0.1234, totalS: 333.526939 },
      full: { share10s: 1, totalS: 0 },
    })
  })

  it('knows of no full pressure of the CPU before Linux 5.13', () => {
    expect(parsePressure('some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n').full).to.equal(undefined)
  })

  for (const text of ['', 'some\n', 'some avg10=x avg60=0 avg300=0 total=1\n', 'some avg10=1.00 total=\n']) {
    it(`knows nothing from ${JSON.stringify(text)}`, () => {
      expect(parsePressure(text)).to.deep.equal({ some: undefined, full: undefined })
    })
  }
})
