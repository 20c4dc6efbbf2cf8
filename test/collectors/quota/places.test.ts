import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Mount } from '../../../src/collectors/mountinfo.ts'
import { placesOf } from '../../../src/collectors/quota/places.ts'
import { makeGear } from '../../support/gear.ts'
import { useTempDir } from '../../support/temp.ts'

describe('quota/places', () => {
  const temp = useTempDir()
  const mount = (point: string, device: string, root = '/'): Mount => ({
    device,
    root,
    point: point.startsWith('/') ? point : join(realpathSync(temp()), point),
    type: 'ext4',
    source: `/dev/${device}`,
    options: [],
  })
  const gearAt = (home: string | undefined) => makeGear('aa11', home === undefined ? {} : { home: join(temp(), home) })
  const place = (homes: readonly (string | undefined)[], mounts: readonly Mount[], base = 'base') => {
    const places = placesOf(homes.map(gearAt), { baseDir: join(temp(), base), mounts: [mount('/', '8:1'), ...mounts] })
    return {
      base: places.base?.device,
      onBase: places.onBase.map(([, home]) => home.slice(realpathSync(temp()).length + 1)),
      own: places.own.map(([, { device }]) => device),
    }
  }
  beforeEach(() => mkdirSync(join(temp(), 'base')))

  it('finds homes on the file system of the base directory', () => {
    expect(place(['base/aa11', 'base/bb22'], [mount('base', '8:2')])).to.deep.equal({
      base: '8:2',
      onBase: ['base/aa11', 'base/bb22'],
      own: [],
    })
  })

  it('finds a home there by its device, wherever it lies', () => {
    expect(place(['other/aa11'], []).onBase).to.deep.equal([])
    mkdirSync(join(temp(), 'other'))
    expect(place(['other/aa11'], []).onBase).to.deep.equal(['other/aa11'])
    expect(place(['other/aa11'], [mount('base', '8:2')]))
      .to.include.deep.keys('onBase')
      .and.have.deep.property('onBase', [])
  })

  it('finds a home that is a file system', () => {
    expect(place(['base/aa11', 'base/bb22'], [mount('base/aa11', '8:3')])).to.deep.equal({
      base: '8:1',
      onBase: ['base/bb22'],
      own: ['8:3'],
    })
  })

  it('takes no file system for that of a gear which others share, of which it has a part, or in which it only lies', () => {
    const shared = [mount('base/aa11', '8:3'), mount('base/bb22', '8:3')]
    expect(place(['base/aa11', 'base/bb22'], shared).own).to.deep.equal([])
    expect(place(['base/aa11'], [mount('base/aa11', '8:3', '/part')]).own).to.deep.equal([])
    mkdirSync(join(temp(), 'srv'))
    expect(place(['srv/aa11'], [mount('srv', '8:3')])).to.deep.equal({ base: '8:1', onBase: [], own: [] })
    expect(place(['base/aa11'], [mount('base/aa11', '8:1', '/x')]).own, 'a bind mount').to.deep.equal([])
  })

  it('follows links on the way to homes, as the mounts are told without them', () => {
    mkdirSync(join(temp(), 'data'))
    symlinkSync('data', join(temp(), 'linked'))
    const found = place(['linked/aa11', 'linked/bb22'], [mount('data', '8:2'), mount('data/bb22', '8:3')], 'linked')
    expect(found).to.deep.equal({ base: '8:2', onBase: ['data/aa11'], own: ['8:3'] })
  })

  it('finds nothing for a gear without a home, nor without the directories', () => {
    expect(place([undefined, 'none/aa11'], [], 'missing')).to.deep.equal({ base: undefined, onBase: [], own: [] })
  })
})
