import { expect } from 'chai'
import { createSeriesMemory, openBudget } from '../../src/collectors/budget.ts'
import type { BudgetSettings } from '../../src/collectors/budget-settings.ts'
import { budgets } from './stage.ts'

const START_MS = 1_700_000_000_000

const rounds = (changes: Partial<BudgetSettings>) => {
  const memory = createSeriesMemory()
  return (atSeconds = 0) => openBudget(memory, { ...budgets, ...changes }, START_MS + atSeconds * 1000)
}

describe('collectors/budget', () => {
  it('counts lines and their bytes anew in each round', () => {
    const open = rounds({ linesPerRound: 2, bytesPerRound: 100 })
    for (const round of [open(), open(60)]) {
      expect([10, 10, 10].map((bytes) => round.line(bytes))).to.deep.equal([undefined, undefined, 'lines-budget'])
    }
    const third = open(120)
    expect([third.line(99), third.line(2), third.line(1)]).to.deep.equal([undefined, 'bytes-budget', undefined])
  })

  it('counts pairs anew in each round', () => {
    const open = rounds({ pairsPerRound: 2 })
    for (const round of [open(), open(60)]) {
      expect(['a', 'a', 'a'].map((name) => round.pair(name, ''))).to.deep.equal([undefined, undefined, 'pairs-budget'])
    }
  })

  it('lets known series go on while new ones are dropped, round after round', () => {
    const open = rounds({ series: 2 })
    for (let minute = 0; minute < 300; minute += 1) {
      const round = open(minute * 60)
      expect(['a', 'b', `new-${minute}`, 'b'].map((name) => round.pair(name, ''))).to.deep.equal([
        undefined,
        undefined,
        'series-budget',
        undefined,
      ])
    }
  })

  it('takes a series for another one under another label or script', () => {
    const round = rounds({ series: 3 })()
    expect(['x', 'y', 'z', 'x'].map((scope) => round.pair('a', scope))).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(round.pair('a', 'v')).to.equal('series-budget')
  })

  it('makes room again for series that come no more', () => {
    const open = rounds({ series: 1, seriesWindowSeconds: 600 })
    expect(open().pair('a', '')).to.equal(undefined)
    expect(open(60).pair('b', '')).to.equal('series-budget')
    expect(open(700).pair('b', '')).to.equal(undefined)
  })

  it('bounds the values of each label name by itself', () => {
    const round = rounds({ labelValues: 2 })()
    const ask = (name: string, value: string) => round.labels(new Map([[name, value]]))
    expect([ask('pool', '1'), ask('pool', '2'), ask('pool', '3'), ask('pool', '1'), ask('env', '3')]).to.deep.equal([
      undefined,
      undefined,
      'label-budget',
      undefined,
      undefined,
    ])
  })

  it('bounds the names of labels, and makes room for others when they come no more', () => {
    const open = rounds({ seriesWindowSeconds: 600 })
    const admitted = (atSeconds: number, prefix: string) => {
      const round = open(atSeconds)
      return Array.from({ length: 50 }, (_, at) => round.labels(new Map([[`${prefix}${at}`, 'x']]))).filter(
        (reason) => reason === undefined,
      ).length
    }
    expect(admitted(0, 'a')).to.equal(32)
    expect(admitted(60, 'b')).to.equal(0)
    expect(admitted(2000, 'b')).to.equal(32)
  })

  it('tells how much of each budget is used', () => {
    const round = rounds({
      linesPerRound: 10,
      bytesPerRound: 100,
      pairsPerRound: 4,
      series: 8,
      labelValues: 2,
    })()
    round.line(50)
    round.labels(new Map([['pool', '1']]))
    round.pair('a', '')
    round.pair('a', '')
    expect(Object.fromEntries(round.used())).to.deep.equal({
      lines: 0.1,
      bytes: 0.5,
      pairs: 0.5,
      series: 0.125,
      label_values: 0.5,
    })
  })
})
