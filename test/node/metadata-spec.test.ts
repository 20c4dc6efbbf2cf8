import { expect } from 'chai'
import fc from 'fast-check'
import { parseMetadata } from '../../src/node/metadata-spec.ts'

const read = (text: string): { spec: [string, string][]; faults: string[] } => {
  const faults: string[] = []
  const spec = Object.entries(parseMetadata(text, (fault) => faults.push(fault)))
  return { spec, faults }
}

describe('METRICS_METADATA', () => {
  const good: [text: string, spec: [string, string][]][] = [
    ['', []],
    ['app:OPENSHIFT_APP_NAME', [['app', 'OPENSHIFT_APP_NAME']]],
    [
      ' app : A , gear :B ',
      [
        ['app', 'A'],
        ['gear', 'B'],
      ],
    ],
    [
      'z:A,a:B,m:C',
      [
        ['z', 'A'],
        ['a', 'B'],
        ['m', 'C'],
      ],
    ],
    [
      'a:A,b:B,a:C',
      [
        ['a', 'C'],
        ['b', 'B'],
      ],
    ],
    [
      'a:A:third,b:B',
      [
        ['a', 'A'],
        ['b', 'B'],
      ],
    ],
    ['a:A,', [['a', 'A']]],
    ['constructor:A', [['constructor', 'A']]],
  ]
  for (const [text, spec] of good) {
    it(`reads ${JSON.stringify(text)}`, () => expect(read(text)).to.deep.equal({ spec, faults: [] }))
  }

  const faulty: [entry: string, fault: string][] = [
    ['nonsense', 'is not label:VARIABLE'],
    ['', 'is not label:VARIABLE'],
    [':A', 'is not the name of a label'],
    ['a b:A', 'is not the name of a label'],
    [`${'l'.repeat(33)}:A`, 'is not the name of a label'],
    ['a:', 'is not the name of a variable'],
    ['a:B-C', 'is not the name of a variable'],
    ['cart:A', 'written by the program itself'],
    ['node:A', 'written by the program itself'],
    ['type:A', 'written by the program itself'],
    ['t:OPENSHIFT_SECRET_TOKEN', 'looks like a secret'],
    ['t:API_TOKEN', 'looks like a secret'],
    ['t:mysql_password', 'looks like a secret'],
    ['t:DB_PASSWD', 'looks like a secret'],
    ['t:PRIVATE_THING', 'looks like a secret'],
    ['t:CREDENTIALS', 'looks like a secret'],
    ['t:OPENSHIFT_APP_SSH_KEY', 'looks like a secret'],
  ]
  for (const [entry, fault] of faulty) {
    it(`leaves out ${JSON.stringify(entry)}, says so and keeps the others`, () => {
      const { spec, faults } = read(`first:A,${entry},last:B`)
      expect(spec).to.deep.equal([
        ['first', 'A'],
        ['last', 'B'],
      ])
      expect(faults).to.have.lengthOf(1)
      expect(faults[0]).to.include(fault)
    })
  }

  it('takes a variable whose name only contains KEY', () => {
    expect(read('a:KEY_COUNT').faults).to.deep.equal([])
  })

  it('never throws, and gives only names that are safe in a line', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'B', ':', ',', ' ', '=', '"', '\n', '_', '1') }), (text) => {
        for (const entry of read(text).spec) for (const word of entry) expect(word).to.match(/^[A-Za-z_][\w.:/-]*$/)
      }),
    )
  })
})
