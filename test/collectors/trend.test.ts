import { expect } from 'chai'
import { createTrend } from '../../src/collectors/trend.ts'

const START_MS = 1_700_000_000_000

/** A trend of one sample a minute. */
const trendOf = (used: readonly number[], stepMs = 60_000) => {
  const trend = createTrend()
  for (const [at, value] of used.entries()) trend.add(START_MS + at * stepMs, value)
  return trend
}
const growing = (samples: number, by: number): number[] => Array.from({ length: samples }, (_, at) => 1000 + at * by)

describe('collectors/trend', () => {
  it('tells when room is used up at the rate of the last hour', () => {
    expect(trendOf(growing(6, 60)).secondsUntil(500)).to.be.closeTo(500, 1e-6)
  })

  it('does not know before five minutes have passed', () => {
    expect(createTrend().secondsUntil(500)).to.equal(undefined)
    expect(trendOf(growing(5, 60)).secondsUntil(500)).to.equal(undefined)
  })

  it('tells nothing while usage stands still or falls', () => {
    expect(trendOf(growing(10, 0)).secondsUntil(500)).to.equal(undefined)
    expect(trendOf(growing(10, -60)).secondsUntil(500)).to.equal(undefined)
  })

  it('tells nothing beyond a year', () => {
    expect(trendOf(growing(10, 60)).secondsUntil(31_536_001)).to.equal(undefined)
    expect(trendOf(growing(10, 60)).secondsUntil(31_535_999)).to.be.a('number')
  })

  it('has 0 where there is no room, or less', () => {
    expect(trendOf(growing(10, 60)).secondsUntil(0)).to.equal(0)
    expect(trendOf(growing(10, 60)).secondsUntil(-5)).to.equal(0)
  })

  it('is not upset by one value out of line', () => {
    const used = growing(30, 60)
    used[15] = 5000
    expect(trendOf(used).secondsUntil(500)).to.be.closeTo(500, 60)
  })

  it('forgets what is more than an hour ago', () => {
    const used = [...growing(60, 60), ...growing(70, 0)]
    expect(trendOf(used).secondsUntil(500)).to.equal(undefined)
  })

  it('looks back an hour, however short the rounds are', () => {
    const used = [...growing(180, 0), ...growing(180, 10)]
    expect(trendOf(used, 10_000).secondsUntil(500)).to.be.closeTo(1000, 500)
  })

  it('begins anew when the clock was set back', () => {
    const trend = trendOf(growing(10, 60))
    trend.add(START_MS - 1, 0)
    expect(trend.secondsUntil(500)).to.equal(undefined)
  })
})
