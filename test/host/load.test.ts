import { expect } from 'chai'
import { parseLoad, parseUptime } from '../../src/host/load.ts'

describe('host/load', () => {
  it('reads the three means', () => {
    expect(parseLoad('2.00 3.61 122.30 1/112 4506\n')).to.deep.equal([2, 3.61, 122.3])
  })

  it('reads seconds since boot', () => expect(parseUptime('5020.82 8456.47\n')).to.equal(5020.82))

  for (const text of ['', '\n', '1.00 2.00\n', 'x 1.00 2.00 1/2 3\n', '-1.00 2.00 3.00 1/2 3\n']) {
    it(`knows no load from ${JSON.stringify(text)}`, () => expect(parseLoad(text)).to.equal(undefined))
  }

  for (const text of ['', '5020\n', 'x 1.00\n']) {
    it(`knows no uptime from ${JSON.stringify(text)}`, () => expect(parseUptime(text)).to.equal(undefined))
  }
})
