import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parsePasswd } from '../../../src/node/passwd.ts'
import { directorySource } from '../../../src/node/sources/directory.ts'
import { useTempDir } from '../../support/temp.ts'
import { ourGid, ourUid } from '../tree.ts'

describe('source directory', () => {
  const temp = useTempDir()
  const list = (users = '') =>
    directorySource({ baseDir: temp(), cgroup: '/openshift' }, () => parsePasswd(users)).list()
  const homes = (...names: string[]): void => {
    for (const name of names) mkdirSync(join(temp(), name))
  }

  it('takes each directory for a home, sorted, and its owner for the user', async () => {
    homes('bb22', '1234')
    const { gears, problems } = await list(`me:x:${ourUid}:${ourGid}::/:/bin/sh`)
    expect(problems).to.deep.equal([])
    expect(gears.map(({ id }) => id)).to.deep.equal(['1234', 'bb22'])
    expect(gears[0]).to.deep.equal({
      id: '1234',
      source: 'directory',
      user: 'me',
      uid: ourUid,
      gid: ourGid,
      home: join(temp(), '1234'),
      cgroup: '/openshift/1234',
      labels: new Map(),
      scripts: [],
    })
  })

  it('asks the directory itself for its owner', async function () {
    if (ourUid !== 0) this.skip() // only root can give a directory away
    homes('aa11')
    chownSync(join(temp(), 'aa11'), 41_001, 41_002)
    const [gear] = (await list()).gears
    expect(gear).to.include({ uid: 41_001, gid: 41_002 })
    expect(gear).not.to.have.property('user')
  })

  it("takes the user's own group where a home was handed over with root's", async function () {
    if (ourUid !== 0) this.skip() // only root can give a directory away
    homes('aa11', 'bb22')
    chownSync(join(temp(), 'aa11'), 41_001, 0)
    chownSync(join(temp(), 'bb22'), 41_002, 0)
    const { gears } = await list('bb:x:41002:41003::/:/bin/sh')
    expect(gears.map(({ gid }) => gid)).to.deep.equal([41_001, 41_003])
  })

  it('leaves out what lies beside the homes', async () => {
    homes('aa11', '.last_access', '.env', 'lost+found')
    writeFileSync(join(temp(), 'last_access.log'), '')
    writeFileSync(join(temp(), 'file'), '')
    symlinkSync('aa11', join(temp(), 'shop-acme'))
    expect((await list()).gears.map(({ id }) => id)).to.deep.equal(['aa11'])
  })

  it('tells of a directory whose name cannot be an id', async () => {
    homes('a b', 'x=y', 'new\nline', 'ok')
    const { gears, problems } = await list()
    expect(gears.map(({ id }) => id)).to.deep.equal(['ok'])
    expect(problems.map(({ reason, got }) => [reason, got])).to.deep.equal([
      ['id-invalid', 'a b'],
      ['id-invalid', 'new\nline'],
      ['id-invalid', 'x=y'],
    ])
  })

  it('sees what was added and removed since', async () => {
    const source = directorySource({ baseDir: temp(), cgroup: '/' }, () => parsePasswd(''))
    homes('a')
    expect((await source.list()).gears.map(({ id }) => id)).to.deep.equal(['a'])
    homes('b')
    expect((await source.list()).gears.map(({ id }) => id)).to.deep.equal(['a', 'b'])
  })
})
