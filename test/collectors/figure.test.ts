import { expect } from 'chai'
import { counter, gauge, metricsOf, ratio } from '../../src/collectors/figure.ts'

const labels = new Map([['gear', 'aa11']])
const whose = { collector: 'process', timeMs: 5000, labels }

describe('collectors/figure', () => {
  it('says whose a figure is, who measured it and when', () => {
    expect(metricsOf([{ ...counter('cpu.time', 's', 2, { mode: 'user' }), startMs: 1000 }], whose)).to.deep.equal([
      {
        type: 'metric',
        name: 'cpu.time',
        value: 2,
        kind: 'counter',
        unit: 's',
        timeMs: 5000,
        startMs: 1000,
        collector: 'process',
        labels: new Map([
          ['gear', 'aa11'],
          ['mode', 'user'],
        ]),
      },
    ])
  })

  it('leaves out what is not known', () => {
    const values = [undefined, Number.NaN, Number.POSITIVE_INFINITY, 0]
    const metrics = metricsOf(
      values.map((value) => gauge('a', '1', value)),
      whose,
    )
    expect(metrics.map(({ value }) => value)).to.deep.equal([0])
  })

  it('leaves out a start that is not known', () => {
    expect(metricsOf([{ ...counter('a', '1', 1), startMs: undefined }], whose)[0]).not.to.have.property('startMs')
  })

  it('has no ratio to a limit that is none', () => {
    expect([ratio(1, 4), ratio(0, 4), ratio(1, 0), ratio(1, undefined), ratio(undefined, 4)]).to.deep.equal([
      0.25,
      0,
      undefined,
      undefined,
      undefined,
    ])
  })
})
