import { expect } from 'chai'
import { parsePrettyName, readIdentity } from '../../src/host/identity.ts'

describe('host/identity', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'Debian GNU/Linux 12 (bookworm)'],
    ["NAME=x\nPRETTY_NAME='Some Linux'\nID=x\n", 'Some Linux'],
    ['PRETTY_NAME=Plain\n', 'Plain'],
    ['PRETTY_NAME="a \\"b\\" \\$c"\n', 'a "b" $c'],
    ['NAME="Other"\n', ''],
    ['', ''],
  ]
  for (const [text, name] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => expect(parsePrettyName(text)).to.equal(name))
  }

  it('knows this node, though not the name of a distribution that tells none', () => {
    const identity = readIdentity('/nonexistent')
    expect(identity).to.include({ os: '', arch: process.arch })
    expect(identity.kernel).to.match(/^\d+\.\d+/)
  })
})
