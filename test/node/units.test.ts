import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { findUnits, type Units } from '../../src/node/units.ts'
import { useTempDir } from '../support/temp.ts'
import { plant } from './tree.ts'

const status = (uid: number): string => `Name:\tx\nUid:\t${uid}\t0\t0\t0\nGid:\t${uid + 1}\t0\t0\t0\n`

describe('units of systemd', () => {
  const temp = useTempDir()
  const find = (root = 'cgroup'): Units | undefined =>
    findUnits({ cgroupRoot: join(temp(), root), procRoot: join(temp(), 'proc') })
  const plantUnits = (root: string): void =>
    void plant(temp(), {
      [`${root}/system.slice/nginx.service/cgroup.procs`]: '20\n10\n',
      [`${root}/system.slice/system-app.slice/app@1.service/cgroup.procs`]: '30\n',
      [`${root}/system.slice/delegating.service/cgroup.procs`]: '',
      [`${root}/system.slice/delegating.service/inner/cgroup.procs`]: '40\n',
      [`${root}/system.slice/ended.service/cgroup.procs`]: '',
      [`${root}/machine.slice/box.scope/cgroup.procs`]: '50\n',
      [`${root}/system.slice/no-unit/cgroup.procs`]: '10\n',
      'proc/10/status': status(33),
      'proc/20/status': status(34),
      'proc/30/status': status(1001),
      'proc/40/status': status(1002),
    })

  for (const [host, root] of [
    ['cgroup v2', 'cgroup'],
    ['a hybrid host', 'cgroup/unified'],
    ['an old hybrid host', 'cgroup/systemd'],
  ] as const) {
    it(`are found in the tree of ${host}`, () => {
      plantUnits(root)
      expect(find()!.units).to.deep.include({ name: 'nginx.service', cgroup: '/system.slice/nginx.service' })
      expect(find()!.units).to.deep.include({
        name: 'app@1.service',
        cgroup: '/system.slice/system-app.slice/app@1.service',
      })
      expect(find()!.units.map(({ name }) => name)).to.have.members([
        'nginx.service',
        'app@1.service',
        'delegating.service',
        'ended.service',
        'box.scope',
      ])
    })
  }

  it('belong to the user of their oldest process', () => {
    plantUnits('cgroup')
    const units = find()!
    const owners = units.units.map((unit) => [unit.name, units.ownerOf(unit)?.uid])
    expect(Object.fromEntries(owners)).to.deep.equal({
      'nginx.service': 33,
      'app@1.service': 1001,
      'delegating.service': 1002,
      'ended.service': undefined,
      'box.scope': undefined,
    })
  })

  it('are none where systemd does not run', () => {
    mkdirSync(join(temp(), 'cgroup'))
    expect(find()).to.equal(undefined)
    expect(find('nothing')).to.equal(undefined)
  })
})
