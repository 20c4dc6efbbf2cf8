import { expect } from 'chai'
import { parsePasswd } from '../../../src/node/passwd.ts'
import { passwdSource } from '../../../src/node/sources/passwd.ts'
import { gearSettings } from '../tree.ts'

const USERS = parsePasswd(`root:x:0:0:OpenShift guest user:/root:/bin/sh
1234:x:1001:1002:OpenShift guest:/var/lib/openshift/1234:/bin/sh
aa11:x:1002:1002:OO application container:/var/lib/openshift/aa11:/bin/sh
OpenShift guest:x:1003:1003::/home/x:/bin/sh
guest:x:1004:1004:OpenShift guest,,,:/home/guest:/bin/sh
`)
const list = (settings = gearSettings(), users = USERS) => passwdSource(settings, () => users).list()

describe('source passwd', () => {
  it('takes whose GECOS equals a text, not who merely has it somewhere in the line', async () => {
    const { gears, problems } = await list()
    expect(gears.map(({ id }) => id)).to.deep.equal(['1234', 'aa11'])
    expect(problems).to.deep.equal([])
  })

  it('gives the identity as it stands there, with a cgroup of its own', async () => {
    const { gears } = await list(gearSettings({ cgroup: '/pods/' }))
    expect(gears[0]).to.deep.equal({
      id: '1234',
      source: 'passwd',
      user: '1234',
      uid: 1001,
      gid: 1002,
      home: '/var/lib/openshift/1234',
      cgroup: '/pods/1234',
      labels: new Map(),
      scripts: [],
    })
  })

  it('takes only the configured texts', async () => {
    const { gears } = await list(gearSettings({ gecos: ['OO application container'] }))
    expect(gears.map(({ id }) => id)).to.deep.equal(['aa11'])
  })

  it('tells of a guest whose name cannot be an id', async () => {
    const users = parsePasswd('a b:x:1001:1001:OpenShift guest:/h:/bin/sh\nok:x:1002:1002:OpenShift guest:/h:/bin/sh')
    const { gears, problems } = await list(gearSettings(), users)
    expect(gears.map(({ id }) => id)).to.deep.equal(['ok'])
    expect(problems).to.deep.equal([
      { reason: 'id-invalid', place: 'passwd', expected: 'the name of a gear', got: 'a b' },
    ])
  })
})
