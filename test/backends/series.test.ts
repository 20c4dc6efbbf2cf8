import { expect } from 'chai'
import { labelsKey, seriesKey } from '../../src/backends/series.ts'
import { makeMetric } from './make-metric.ts'

describe('series key', () => {
  it('does not depend on the order of labels', () => {
    expect(
      labelsKey(
        new Map([
          ['a', '1'],
          ['b', '2'],
        ]),
      ),
    ).to.equal(
      labelsKey(
        new Map([
          ['b', '2'],
          ['a', '1'],
        ]),
      ),
    )
  })

  it('tells apart whatever is different', () => {
    const metrics = [
      makeMetric({ labels: {} }),
      makeMetric({ labels: {}, name: 'other' }),
      makeMetric({ labels: { a: '1' } }),
      makeMetric({ labels: { a: '1', b: '' } }),
      makeMetric({ labels: { 'a","1"],["b': '2' } }),
      makeMetric({ labels: { a: '1","b":"2' } }),
      makeMetric({ labels: { a: '1', b: '2' } }),
    ]
    expect(new Set(metrics.map(seriesKey)).size).to.equal(metrics.length)
  })
})
