import { expect } from 'chai'
import { createScriptMeter } from '../../src/collectors/script-meter.ts'

describe('collectors/script-meter', () => {
  it('counts runs by kind and result, adds up their time, and keeps the longest', () => {
    const meter = createScriptMeter()
    meter.ran('cartridge', { outcome: 'succeeded', output: 'whole', durationMs: 30 })
    meter.ran('cartridge', { outcome: 'succeeded', output: 'cut-bytes', durationMs: 50, leaked: true })
    meter.ran('cartridge', { outcome: 'succeeded', output: 'whole', durationMs: 20 })
    meter.ran('hook', { outcome: 'timed-out', output: 'whole', durationMs: 1000 })
    const { kinds } = meter.take()
    expect(kinds.get('cartridge')).to.deep.equal({
      runs: new Map([
        ['succeeded', 2],
        ['cut', 1],
      ]),
      timeMs: 100,
      leaks: 1,
      longestMs: 50,
    })
    expect(kinds.get('hook')!.runs).to.deep.equal(new Map([['timed-out', 1]]))
  })

  it('goes on counting after it was read, but for the maxima', () => {
    const meter = createScriptMeter()
    meter.ran('hook', { outcome: 'failed', output: 'whole', durationMs: 40 })
    meter.used('slots', 0.75)
    meter.used('slots', 0.5)
    expect(meter.take().used).to.deep.equal(new Map([['slots', 0.75]]))
    meter.ran('hook', { outcome: 'failed', output: 'whole', durationMs: 10 })
    const { kinds, used } = meter.take()
    expect(kinds.get('hook')).to.deep.equal({ runs: new Map([['failed', 2]]), timeMs: 50, leaks: 0, longestMs: 10 })
    expect(used.size).to.equal(0)
  })
})
