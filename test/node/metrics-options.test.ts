import { expect } from 'chai'
import { type MetricsOptions, optionsOf } from '../../src/node/metrics-options.ts'

const BOUNDS = { minIntervalSeconds: 10, maxIntervalSeconds: 3600, maxTimeoutMs: 3000 }

describe('Metrics-Options', () => {
  const cases: [name: string, options: unknown, expected: MetricsOptions, odd: string[]][] = [
    ['nothing', undefined, {}, []],
    ['null', null, {}, []],
    ['both inside the bounds', { Interval: 120, Timeout: 0.5 }, { intervalMs: 120_000, timeoutMs: 500 }, []],
    ['an interval that is too short', { Interval: 1 }, { intervalMs: 10_000 }, ['.Interval']],
    ['an interval that is too long', { Interval: 1e9 }, { intervalMs: 3_600_000 }, ['.Interval']],
    ['a timeout that is too long', { Timeout: 60 }, { timeoutMs: 3000 }, ['.Timeout']],
    ['zero', { Interval: 0, Timeout: 0 }, {}, ['.Interval', '.Timeout']],
    ['less than nothing', { Timeout: -1 }, {}, ['.Timeout']],
    ['infinity', { Timeout: Infinity }, {}, ['.Timeout']],
    ['text', { Interval: '60' }, {}, ['.Interval']],
    ['an unknown key', { interval: 60 }, {}, ['.interval']],
    ['a number', 60, {}, ['']],
    ['a list', [60], {}, ['']],
  ]
  for (const [name, options, expected, odd] of cases) {
    it(`reads ${name}`, () => {
      const found: string[] = []
      expect(optionsOf(options, BOUNDS, (key) => found.push(key))).to.deep.equal(expected)
      expect(found).to.deep.equal(odd)
    })
  }

  it('has no bounds where none are given', () => {
    expect(optionsOf({ Interval: 1, Timeout: 600 }, undefined, () => expect.fail())).to.deep.equal({
      intervalMs: 1000,
      timeoutMs: 600_000,
    })
  })
})
