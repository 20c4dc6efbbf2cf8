import { expect } from 'chai'
import { parseYaml } from '../../src/config/yaml.ts'
import { ParseError } from '../../src/errors.ts'

describe('YAML', () => {
  const good: [text: string, value: unknown][] = [
    ['', undefined],
    [' \t\n\n', undefined],
    ['# only\n  # comments\r\n', undefined],
    ['---\n', null],
    ['a: 1', { a: 1 }],
    ['\ufeffa: 1', { a: 1 }],
    ['a: yes', { a: 'yes' }],
    ['a: 2026-01-01', { a: '2026-01-01' }],
    ['a: 0644', { a: 644 }],
    ['a: 0x10', { a: 16 }],
    ['a:', { a: null }],
    ['a: &x {b: 1}\nc: {<<: *x, d: 2}', { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['5.4: a', { '5.4': 'a' }],
  ]
  for (const [text, value] of good) {
    it(`reads ${JSON.stringify(text)}`, () => expect(parseYaml(text, 'f')).to.deep.equal(value))
  }

  const bad: [text: string, message: RegExp][] = [
    ['a: [', /^f:1:5: /],
    ['a: 1\nb: 2\na: 3', /^f:3:1: duplicated/],
    ['a: 1\n---\nb: 2', /^f.*single document/],
    ['a: !!js/function x', /^f:1:4: unknown/],
    ['{'.repeat(40), /^f:1:32: nesting/],
    [`a: &x 1\nb: [${Array(101).fill('*x').join(', ')}]`, /alias/],
    ['a: &x {b: *x}', /^f: aliases unfold/],
    ['a: *nothing', /^f:1:5: /],
  ]
  for (const [text, message] of bad) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))}`, () =>
      expect(() => parseYaml(text, 'f')).to.throw(ParseError, message))
  }

  it('refuses a few lines that unfold into billions of values, at once', () => {
    const levels = Array.from({ length: 10 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`)
    expect(() => parseYaml(`l0: &l0 [1]\n${levels.join('\n')}`, 'f')).to.throw(ParseError, 'aliases unfold')
  })

  it('keeps __proto__ a key like any other', () => {
    const value = parseYaml('__proto__: {a: 1}', 'f') as object
    expect(Object.keys(value)).to.deep.equal(['__proto__'])
    expect(value).not.to.have.property('a')
  })
})
