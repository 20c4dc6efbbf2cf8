import { expect } from 'chai'
import { only } from '../../src/backends/settings.ts'
import { compileGlob, compileOnly } from '../../src/bridge/route.ts'
import { makeMetric } from '../backends/make-metric.ts'

const globs: readonly [pattern: string, fits: readonly string[], fitsNot: readonly string[]][] = [
  ['cpu', ['cpu'], ['cpus', 'xcpu', 'CPU', '']],
  ['cpu.*', ['cpu.', 'cpu.user', 'cpu.a.b'], ['cpu', 'cpux']],
  ['*', ['', 'anything', 'two\nlines'], []],
  ['?b', ['ab', 'éb', '😀b'], ['b', 'aab']],
  ['a*b*c', ['abc', 'a--b--c'], ['acb']],
  ['a+(b)[c]{d}|^$\\', ['a+(b)[c]{d}|^$\\'], ['aab']],
]

describe('routes', () => {
  for (const [pattern, fits, fitsNot] of globs) {
    it(`reads the pattern ${pattern}`, () => {
      for (const text of fits) expect(compileGlob(pattern).test(text), text).to.equal(true)
      for (const text of fitsNot) expect(compileGlob(pattern).test(text), text).to.equal(false)
    })
  }

  it('lets everything through without patterns', () => {
    expect(compileOnly(only.parse({}))(makeMetric({ labels: {} }))).to.equal(true)
  })

  it('wants every pattern to fit', () => {
    const fits = compileOnly(only.parse({ ns: 'acme', cart: 'p*', metric: 'thread.*' }))
    expect(fits(makeMetric())).to.equal(true)
    expect(fits(makeMetric({ name: 'heap' }))).to.equal(false)
    expect(fits(makeMetric({ labels: { ns: 'acme', cart: 'ruby' } }))).to.equal(false)
    expect(fits(makeMetric({ labels: { cart: 'php' } }))).to.equal(false)
  })

  it('finds metrics of no gear by an empty pattern', () => {
    const fits = compileOnly(only.parse({ gear: '' }))
    expect([fits(makeMetric()), fits(makeMetric({ labels: { node: 'n1' } }))]).to.deep.equal([false, true])
  })
})
