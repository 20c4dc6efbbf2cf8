import { expect } from 'chai'
import { cronFault } from '../../src/gather/cron-fault.ts'

describe('gather/cron-fault', () => {
  const good = ['*/10 * * * * *', '*/5 * * * *', '0 4 * * 1', '0,30 * * * * *']
  for (const expression of good)
    it(`accepts ${expression}`, () => expect(cronFault(expression, 10_000)).to.equal(undefined))

  const bad: readonly (readonly [expression: string, expected: RegExp])[] = [
    ['*/25 * * * * *', /divide 60/],
    ['*/90 * * * *', /divide 60/],
    ['* * * * * *', /10 s apart/],
    ['*/5 * * * * *', /10 s apart/],
    ['61 * * * *', /./],
    ['soon', /./],
  ]
  for (const [expression, expected] of bad) {
    it(`refuses ${expression}`, () => expect(cronFault(expression, 10_000)).to.match(expected))
  }
})
