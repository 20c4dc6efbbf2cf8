import { expect } from 'chai'
import fc from 'fast-check'
import { parsePasswd } from '../../src/node/passwd.ts'

const LINES = [
  'root:x:0:0:root:/root:/bin/sh',
  '1234:x:1001:1002:OpenShift guest:/var/lib/openshift/1234/:/usr/bin/oo-trap-user',
  'again:x:1001:1003::/home/again:/bin/sh',
  '1234:x:1999:1999:second of the name:/other:/bin/sh',
]

describe('passwd', () => {
  it('reads users with all their fields, homes without a slash at the end', () => {
    expect(parsePasswd(LINES.join('\n')).entries[1]).to.deep.equal({
      name: '1234',
      uid: 1001,
      gid: 1002,
      gecos: 'OpenShift guest',
      home: '/var/lib/openshift/1234',
    })
  })

  it('never takes a name of digits for a uid', () => {
    const passwd = parsePasswd(LINES.join('\n'))
    expect(passwd.byName('1234')).to.include({ uid: 1001 })
    expect(passwd.byName('1001')).to.equal(undefined)
    expect(passwd.byUid(1234)).to.equal(undefined)
  })

  it('lets the first line count, for a name and for a uid', () => {
    const passwd = parsePasswd(LINES.join('\n'))
    expect(passwd.byUid(1001)).to.include({ name: '1234' })
    expect(passwd.byName('1234')).to.include({ uid: 1001 })
    expect(passwd.entries).to.have.lengthOf(4)
  })

  const skipped = [
    '',
    '# a:x:1:1::/:/bin/sh',
    '+nis:x:1:1::/:/bin/sh',
    '-nis:x:1:1::/:/bin/sh',
    ':x:1:1::/:/bin/sh',
    'a:x:1:1::/',
    'a:x:1:1::/:/bin/sh:more',
    'a:x::1::/:/bin/sh',
    'a:x:-1:1::/:/bin/sh',
    'a:x:1:0x1::/:/bin/sh',
    'a:x:4294967295:1::/:/bin/sh',
    'a:x:1:1::home:/bin/sh',
  ]
  for (const line of skipped) {
    it(`skips ${JSON.stringify(line)}`, () => {
      const { entries } = parsePasswd([line, LINES[0]].join('\n'))
      expect(entries.map(({ name }) => name)).to.deep.equal(['root'])
    })
  }

  it('never throws', () => fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parsePasswd(text))))
})
