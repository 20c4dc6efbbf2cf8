import { expect } from 'chai'
import { offsetOf } from '../../src/gather/offset.ts'

describe('gather/offset', () => {
  it('gives a gear the same place in every round and after every restart', () => {
    expect(offsetOf('53336485e0b8cd08e5000046', 48_000)).to.equal(offsetOf('53336485e0b8cd08e5000046', 48_000))
    expect(offsetOf('aa11', 60_000)).to.equal(39_820)
  })

  it('spreads 500 gears evenly: no second of 48 has more than three times its share', () => {
    const perSecond = new Map<number, number>()
    for (let gear = 0; gear < 500; gear += 1) {
      const second = Math.floor(offsetOf(`gear-${gear}`, 48_000) / 1000)
      expect(second).to.be.within(0, 47)
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
    }
    expect(Math.max(...perSecond.values())).to.be.below((500 / 48) * 3)
  })

  it('is zero without a spread', () => {
    expect(offsetOf('aa11', 0)).to.equal(0)
  })
})
