import { expect } from 'chai'
import { isName, knownName } from '../../src/message/name.ts'

describe('isName', () => {
  for (const name of ['a', '_', 'thread.count', 'cpu.0', 'a:b/c-d', '__proto__', 'n'.repeat(200)]) {
    it(`takes ${name.slice(0, 20)}`, () => {
      expect(isName(name)).to.equal(true)
      expect(knownName(name)).to.equal(name)
    })
  }
  for (const name of ['', '0a', '.a', '-a', 'a b', 'a=b', 'é', 'a\n', 'a"', 'n'.repeat(201)]) {
    it(`refuses ${JSON.stringify(name.slice(0, 20))}`, () => {
      expect(isName(name)).to.equal(false)
      expect(knownName(name)).to.equal(undefined)
    })
  }
})
