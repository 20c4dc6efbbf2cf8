import { expect } from 'chai'
import { level } from '../../src/collectors/level.ts'

const values = (usage?: number, limit?: number) => level('x', 'By', { usage, limit }).map(({ value }) => value)

describe('level', () => {
  it('names usage, limit and ratio, each with its unit', () => {
    expect(level('x', 'By', { usage: 1, limit: 4 })).to.deep.equal([
      { name: 'x.usage', value: 1, kind: 'gauge', unit: 'By' },
      { name: 'x.limit', value: 4, kind: 'gauge', unit: 'By' },
      { name: 'x.utilization', value: 0.25, kind: 'gauge', unit: '1' },
    ])
  })

  it('has no ratio without a limit, or without usage', () => {
    expect(values(1)).to.deep.equal([1, undefined, undefined])
    expect(values(undefined, 4)).to.deep.equal([undefined, 4, undefined])
    expect(values(1, 0)).to.deep.equal([1, 0, undefined])
  })
})
