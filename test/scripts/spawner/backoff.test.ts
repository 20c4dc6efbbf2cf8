import { expect } from 'chai'
import { createBackoff } from '../../../src/scripts/spawner/backoff.ts'

describe('scripts/spawner/backoff', () => {
  /** Fails each time as soon as it may; how long it had to wait before each of `count` further tries. */
  const waits = (count: number): number[] => {
    let nowMs = 0
    const backoff = createBackoff({ now: () => nowMs })
    return Array.from({ length: count }, () => {
      const startMs = nowMs
      backoff.failed(nowMs)
      while (!backoff.isOver()) nowMs += 500
      return nowMs - startMs
    })
  }

  it('is over at once after the first failure, then ever later, up to a minute', () => {
    expect(waits(9)).to.deep.equal([0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  })

  it('begins anew after one that lasted', () => {
    let nowMs = 0
    const backoff = createBackoff({ now: () => nowMs })
    for (let at = 0; at < 5; at += 1) backoff.failed(0)
    nowMs = 70_000
    backoff.failed(0)
    expect(backoff.isOver()).to.equal(true)
  })
})
