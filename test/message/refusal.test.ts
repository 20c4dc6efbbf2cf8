import { expect } from 'chai'
import { describeReason, refusalReasons } from '../../src/message/refusal.ts'

describe('describeReason', () => {
  for (const reason of refusalReasons) {
    it(`says of ${reason} in a sentence what its author should know`, () => {
      expect(describeReason(reason)).to.match(/^[A-Z].{20,}\.$/)
    })
  }
})
