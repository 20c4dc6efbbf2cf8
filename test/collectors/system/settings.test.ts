import { expect } from 'chai'
import { matcherOf, systemSchema } from '../../../src/collectors/system/settings.ts'

describe('collectors/system/settings', () => {
  const cases: readonly (readonly [readonly string[], string, boolean])[] = [
    [['lo'], 'lo', true],
    [['lo'], 'lo0', false],
    [['lo'], 'xlo', false],
    [['veth*'], 'veth12ab', true],
    [['veth*'], 'veth', true],
    [['*'], '', true],
    [['a*z'], 'abcz', true],
    [['a*z'], 'abc', false],
    [['lo', 'dm-*'], 'dm-3', true],
    [['a.c'], 'abc', false],
    [['a|b'], 'a', false],
    [['(('], '((', true],
    [[], '', false],
  ]
  for (const [patterns, name, expected] of cases) {
    it(`${patterns.join(' ') || 'nothing'} ${expected ? 'is' : 'is not'} ${JSON.stringify(name)}`, () => {
      expect(matcherOf(patterns)(name)).to.equal(expected)
    })
  }

  it('measures the node unless it is told not to, and leaves out what would be counted twice', () => {
    const settings = systemSchema.parse(undefined)
    expect(settings.enabled).to.equal(true)
    for (const name of ['loop7', 'dm-0', 'md127']) expect(matcherOf(settings.skipDisks)(name), name).to.equal(true)
    for (const name of ['sda', 'vda', 'nvme0n1', 'mmcblk0']) {
      expect(matcherOf(settings.skipDisks)(name), name).to.equal(false)
    }
  })

  it('refuses a name without letters', () => {
    expect(systemSchema.safeParse({ skipDisks: [''] }).success).to.equal(false)
  })
})
