import { expect } from 'chai'
import { encode } from '../../../src/backends/file/encode.ts'
import { makeMetric, TIME_MS } from '../make-metric.ts'

describe('JSON lines', () => {
  it('writes one object a line, with fields in a fixed order', () => {
    const counter = makeMetric({
      name: 'jobs',
      kind: 'counter',
      unit: 'By',
      startMs: TIME_MS - 123,
      labels: { gear: 'aa11', env: 'prod' },
    })
    expect(encode([counter, makeMetric({ value: -0.5, labels: {} })])).to.equal(
      '{"time":"2026-11-21T05:30:00.123Z","name":"jobs","value":5,"kind":"counter","unit":"By","start":"2026-11-21T05:30:00.000Z","collector":"cartridge","labels":{"gear":"aa11","env":"prod"}}\n' +
        '{"time":"2026-11-21T05:30:00.123Z","name":"thread.count","value":-0.5,"kind":"gauge","collector":"cartridge","labels":{}}\n',
    )
  })

  it('leaves out what is absent', () => {
    const { collector: _, ...pushed } = makeMetric({ labels: {} })
    expect(Object.keys(JSON.parse(encode([pushed])) as object)).to.deep.equal([
      'time',
      'name',
      'value',
      'kind',
      'labels',
    ])
  })

  it('keeps labels of any name, and newlines inside their line', () => {
    const labels = new Map([['__proto__', 'a\nb']])
    const line = encode([{ ...makeMetric(), labels }])
    expect(line.trim()).not.to.include('\n')
    expect(line).to.include('"labels":{"__proto__":"a\\nb"}')
  })

  it('writes times that no date can hold as the last one that can', () => {
    expect(encode([makeMetric({ timeMs: 1e300 })])).to.include('"+275760-09-13T00:00:00.000Z"')
  })
})
