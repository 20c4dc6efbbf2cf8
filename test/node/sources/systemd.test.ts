import { expect } from 'chai'
import { parsePasswd } from '../../../src/node/passwd.ts'
import { systemdSource } from '../../../src/node/sources/systemd.ts'
import type { Units } from '../../../src/node/units.ts'

const passwd = () => parsePasswd('www-data:x:33:33::/var/www:/bin/sh')
const unit = (name: string) => ({ name, cgroup: `/system.slice/${name}` })
const OWNERS = new Map([
  ['nginx.service', { uid: 33, gid: 34 }],
  ['app@1.service', { uid: 1001, gid: 1001 }],
  ['box.scope', { uid: 0, gid: 0 }],
])
const running: Units = {
  units: [...OWNERS.keys(), 'ended.service'].map(unit),
  ownerOf: ({ name }) => OWNERS.get(name),
}

describe('source systemd', () => {
  const list = (systemd: string[], units: Units | undefined = running) =>
    systemdSource({ systemd }, { findUnits: () => units, passwd }).list()

  it('makes gears of the units that match and run', async () => {
    const { gears, problems } = await list(['nginx', 'app@*', 'ended.service', 'nothing.service'])
    expect(problems).to.deep.equal([])
    const common = { source: 'systemd', labels: new Map(), scripts: [] }
    expect(gears).to.deep.equal([
      { ...common, id: 'nginx', user: 'www-data', uid: 33, gid: 34, cgroup: '/system.slice/nginx.service' },
      { ...common, id: 'app@1', uid: 1001, gid: 1001, cgroup: '/system.slice/app@1.service' },
    ])
  })

  const patterns: [pattern: string, ids: string[]][] = [
    ['*', ['nginx', 'app@1']],
    ['ngin?', ['nginx']],
    ['ngin?.service', ['nginx']],
    ['n.inx', []],
    ['[n]ginx', []],
    ['(', []],
    ['*.scope', ['box.scope']],
  ]
  for (const [pattern, ids] of patterns) {
    it(`makes ${ids.join(' and ') || 'nothing'} of ${JSON.stringify(pattern)}`, async () => {
      expect((await list([pattern])).gears.map(({ id }) => id)).to.deep.equal(ids)
    })
  }

  it('has one problem where systemd does not run, and none where no unit is asked for', async () => {
    const nowhere = systemdSource({ systemd: ['a', 'b'] }, { findUnits: () => undefined, passwd })
    const { gears, problems } = await nowhere.list()
    expect(gears).to.deep.equal([])
    expect(problems.map(({ reason }) => reason)).to.deep.equal(['source-unreadable'])
    expect(await systemdSource({ systemd: [] }, { findUnits: () => expect.fail(), passwd }).list()).to.deep.equal({
      gears: [],
      problems: [],
    })
  })
})
