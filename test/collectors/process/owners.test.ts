import { expect } from 'chai'
import { createOwners } from '../../../src/collectors/process/owners.ts'
import { makeGear } from '../../support/gear.ts'

const aa = makeGear('aa', { uid: 2001, cgroup: '/openshift/aa' })
const bb = makeGear('bb', { uid: 2002, cgroup: '/openshift/bb' })

describe('collectors/process/owners', () => {
  it('knows a gear by its uid', () => {
    const owners = createOwners([aa, bb])
    expect([2001, 2002, 2003, 0].map((uid) => owners.byUid(uid)?.id)).to.deep.equal(['aa', 'bb', undefined, undefined])
  })

  it('takes neither for the owner of a uid that two share', () => {
    const shared = createOwners([aa, { ...bb, uid: 2001 }, makeGear('cc', { uid: 2001 })])
    expect(shared.byUid(2001)).to.equal(undefined)
  })

  it("takes no gear for the owner of root's processes", () => {
    expect(createOwners([makeGear('root', { uid: 0 })]).byUid(0)).to.equal(undefined)
  })

  const cgroups: readonly (readonly [string, string, string | undefined])[] = [
    ['v2', '0::/openshift/aa\n', 'aa'],
    ['v2, deeper', '0::/openshift/aa/x/y\n', 'aa'],
    ['v1', '9:pids:/openshift/bb\n8:cpu,cpuacct:/openshift/bb\n1:name=systemd:/openshift/bb\n', 'bb'],
    ['one hierarchy of a hybrid host', '9:memory:/\n8:cpu,cpuacct:/openshift/bb\n0::/system.slice/x.service\n', 'bb'],
    ['a longer name', '0::/openshift/aaa\n', undefined],
    ['the group above', '0::/openshift\n', undefined],
    ['the root', '0::/\n', undefined],
    ['nothing', '', undefined],
  ]
  for (const [what, text, id] of cgroups) {
    it(`by cgroup: ${what}`, () => expect(createOwners([aa, bb]).byCgroup(text)?.id).to.equal(id))
  }

  it('takes the innermost cgroup, in whichever line it stands', () => {
    const inner = makeGear('inner', { uid: 2003, cgroup: '/openshift/aa/inner/' })
    const owners = createOwners([aa, inner])
    expect(owners.byCgroup('2:cpu:/openshift/aa\n0::/openshift/aa/inner/x\n')?.id).to.equal('inner')
    expect(owners.byCgroup('2:cpu:/openshift/aa/inner\n0::/openshift/aa\n')?.id).to.equal('inner')
  })

  it('takes neither for the owner of a cgroup that two share, nor any for that of all', () => {
    const everything = makeGear('cc', { cgroup: '/' })
    const owners = createOwners([aa, { ...bb, cgroup: '/openshift/aa' }, everything])
    expect(owners.byCgroup('0::/openshift/aa\n')).to.equal(undefined)
    expect(owners.byCgroup('0::/\n')).to.equal(undefined)
  })

  it('says whether cgroups need to be read at all', () => {
    expect(createOwners([aa]).needsCgroups).to.equal(true)
    expect(createOwners([makeGear('cc')]).needsCgroups).to.equal(false)
  })
})
