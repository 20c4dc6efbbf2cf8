import { expect } from 'chai'
import fc from 'fast-check'
import { createRecentHashes, hashOf } from '../../src/collectors/recent-hashes.ts'

const rules = (nowMs: number, limit = 1000) => ({ limit, windowMs: 1000, nowMs })

describe('collectors/recent-hashes', () => {
  it('admits as many different hashes as may be, and the known ones for ever', () => {
    const recent = createRecentHashes()
    const admitted = Array.from({ length: 5000 }, (_, at) => recent.admit(hashOf(`n${at}`), rules(0)))
    expect(admitted.filter(Boolean)).to.have.length(1000)
    expect(admitted.lastIndexOf(true)).to.equal(999)
    for (let nowMs = 0; nowMs < 20_000; nowMs += 100) {
      for (let at = 0; at < 1000; at += 1) expect(recent.admit(hashOf(`n${at}`), rules(nowMs))).to.equal(true)
      expect(recent.admit(hashOf('new'), rules(nowMs))).to.equal(false)
    }
    expect(recent.count(rules(20_000))).to.equal(1000)
  })

  it('forgets what comes no more after at least half a window and at most a whole one', () => {
    for (const firstMs of [0, 100, 250, 499]) {
      const recent = createRecentHashes()
      recent.admit(1, rules(0))
      recent.admit(2, rules(firstMs))
      let goneMs = firstMs
      while (recent.count(rules(goneMs)) > 0) goneMs += 1
      expect(goneMs - firstMs, String(firstMs)).to.be.within(500, 1000)
    }
  })

  it('forgets all after a pause longer than the window, and after a clock that was set back', () => {
    for (const laterMs of [11_000, -11_000]) {
      const recent = createRecentHashes()
      recent.admit(1, rules(0))
      expect(recent.count(rules(laterMs)), String(laterMs)).to.equal(0)
    }
  })

  it('takes a limit that has become lower: none is added, none is thrown out', () => {
    const recent = createRecentHashes()
    for (const hash of [1, 2, 3]) recent.admit(hash, rules(0))
    expect([1, 2, 3, 4].map((hash) => recent.admit(hash, rules(0, 2)))).to.deep.equal([true, true, true, false])
  })

  it('agrees with a plain set within half a window, for any hashes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { maxLength: 300 }), (hashes) => {
        const recent = createRecentHashes()
        for (const hash of hashes) expect(recent.admit(hash, rules(0))).to.equal(true)
        expect(recent.count(rules(0))).to.equal(new Set(hashes).size)
      }),
    )
  })

  it('counts a series once that comes in both halves of a window', () => {
    const recent = createRecentHashes()
    for (const nowMs of [0, 600, 600, 1200, 1300]) recent.admit(7, rules(nowMs))
    expect(recent.count(rules(1300))).to.equal(1)
  })

  it('tells 100,000 similar texts apart, but for a handful', () => {
    const hashes = new Set(Array.from({ length: 100_000 }, (_, at) => hashOf(`name.${at}`)))
    expect(hashes.size).to.be.above(99_980)
  })

  it('tells texts apart that only divide differently', () => {
    expect(hashOf('bc', hashOf('a'))).not.to.equal(hashOf('c', hashOf('ab')))
  })
})
