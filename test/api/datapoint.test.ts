import { expect } from 'chai'
import { formatSeconds, toMessage } from '../../src/api/datapoint.ts'
import { makeMetric, TIME_MS } from '../backends/make-metric.ts'

describe('DC/OS metrics message', () => {
  it('is nothing without metrics', () => expect(toMessage([])).to.equal(undefined))

  it('has figures, and whose they are', () => {
    const labels = { gear: 'aa11', app: 'ap11', appName: 'shop', ns: 'acme', cart: 'php', node: 'n1', env: 'prod' }
    expect(JSON.stringify(toMessage([makeMetric({ unit: 'By', labels })]))).to.equal(
      '{"datapoints":[{"name":"thread.count","value":5,"unit":"bytes","timestamp":"2026-11-21T05:30:00Z","tags":{"cart":"php","env":"prod"}}],' +
        '"dimensions":{"mesos_id":"n1","container_id":"aa11","hostname":"n1","labels":{"app":"ap11","appName":"shop","ns":"acme"}}}',
    )
  })

  it('leaves out what there is not, but for the two names of the node', () => {
    expect(JSON.stringify(toMessage([makeMetric({ labels: {} })]))).to.equal(
      '{"datapoints":[{"name":"thread.count","value":5,"unit":"","timestamp":"2026-11-21T05:30:00Z"}],"dimensions":{"mesos_id":"","hostname":""}}',
    )
  })

  it('takes the dimensions of the metric measured last', () => {
    const of = (appName: string, timeMs: number) => makeMetric({ timeMs, labels: { gear: 'g', appName } })
    expect(toMessage([of('old', 1), of('new', 3), of('middle', 2)])?.dimensions.labels).to.deep.equal({
      appName: 'new',
    })
  })

  const units: readonly [ucum: string | undefined, word: string][] = [
    ['By', 'bytes'],
    ['s', 'seconds'],
    ['ms', 'milliseconds'],
    ['%', 'percent'],
    ['1', 'count'],
    ['{thread}', 'count'],
    ['furlong', 'furlong'],
    [undefined, ''],
  ]
  for (const [ucum, word] of units) {
    it(`calls the unit ${ucum} ${word || 'nothing'}`, () => {
      const metric = ucum === undefined ? makeMetric() : makeMetric({ unit: ucum })
      expect(toMessage([metric])?.datapoints[0]?.unit).to.equal(word)
    })
  }

  it('writes times in whole seconds, even impossible ones', () => {
    expect(formatSeconds(TIME_MS + 800)).to.equal('2026-11-21T05:30:00Z')
    expect(formatSeconds(1e300)).to.equal('+275760-09-13T00:00:00Z')
  })
})
