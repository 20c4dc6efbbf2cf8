import { expect } from 'chai'
import { Exposition } from '../../../src/api/prometheus/exposition.ts'

const labels = (pairs: Record<string, string>): Map<string, string> => new Map(Object.entries(pairs))

describe('Prometheus text', () => {
  it('writes families by name, each with its help and type', () => {
    const page = new Exposition()
    page.add({ name: 'b', type: 'counter', help: 'Of b.' }, labels({ z: '1', a: '2' }), 1.5)
    page.add({ name: 'a', type: 'gauge', help: 'Of a.' }, labels({}), -1)
    page.add({ name: 'b', type: 'counter', help: 'Another help.' }, labels({ z: '2' }), 1e21)
    expect(page.render()).to.equal(`# HELP a Of a.
# TYPE a gauge
a -1
# HELP b Of b.
# TYPE b counter
b{a="2",z="1"} 1.5
b{z="2"} 1e+21
`)
  })

  it('escapes', () => {
    const page = new Exposition()
    page.add(
      { name: 'a', type: 'gauge', help: 'back\\slash "quote"\nline' },
      labels({ l: 'back\\slash "quote"\nline' }),
      1,
    )
    expect(page.render()).to.equal(
      '# HELP a back\\\\slash "quote"\\nline\n# TYPE a gauge\na{l="back\\\\slash \\"quote\\"\\nline"} 1\n',
    )
  })

  it('leaves out empty labels, and one whose name is taken after translation', () => {
    const page = new Exposition()
    page.add({ name: 'a', type: 'gauge', help: 'A.' }, labels({ 'x.y': '1', x_y: '2', empty: '' }), 1)
    expect(page.render()).to.include('a{x_y="1"} 1\n')
  })

  it('hides and counts a series that another one has the place of', () => {
    const page = new Exposition()
    page.add({ name: 'a', type: 'gauge', help: 'A.' }, labels({ l: '1' }), 1)
    page.add({ name: 'a', type: 'gauge', help: 'A.' }, labels({ l: '1' }), 2)
    page.add({ name: 'a', type: 'counter', help: 'A.' }, labels({ l: '2' }), 3)
    expect(page.render()).to.equal('# HELP a A.\n# TYPE a gauge\na{l="1"} 1\n')
    expect([...page.notShown]).to.deep.equal([
      ['duplicate', 1],
      ['type-conflict', 1],
    ])
  })

  it('is empty without series', () => expect(new Exposition().render()).to.equal(''))
})
