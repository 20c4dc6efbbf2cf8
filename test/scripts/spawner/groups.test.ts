import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createGroupBook } from '../../../src/scripts/spawner/groups.ts'
import { useTempDir } from '../../support/temp.ts'

describe('scripts/spawner/groups', () => {
  const etc = useTempDir()
  const write = (name: string, text: string): void => {
    // another file each time, as editors and useradd do
    writeFileSync(join(etc(), 'new'), text)
    renameSync(join(etc(), 'new'), join(etc(), name))
  }
  beforeEach(() => {
    write('passwd', 'root:x:0:0::/root:/bin/sh\nplain:x:5001:5001::/:/bin/sh\nmember:x:5002:5002::/:/bin/sh\n')
    write('group', 'plain:x:5001:\nmember:x:5002:\nstaff:x:50:other,member\n')
    write('nsswitch.conf', '# group: ldap\npasswd: files ldap\ngroup:   files systemd # local\n')
  })
  const hasOnlyPrimary = (user: string | undefined, uid: number): boolean =>
    createGroupBook(etc()).hasOnlyPrimary(user === undefined ? { uid, gid: uid } : { uid, gid: uid, user })

  it('knows who is a member of no group, and who is', () => {
    expect(hasOnlyPrimary('plain', 5001)).to.equal(true)
    expect(hasOnlyPrimary('member', 5002)).to.equal(false)
  })

  it('one without a name is in no list', () => {
    expect(hasOnlyPrimary(undefined, 7000)).to.equal(true)
  })

  it('is not sure of one whom the file does not have, or has with another uid', () => {
    expect(hasOnlyPrimary('nobody-here', 5001)).to.equal(false)
    expect(hasOnlyPrimary('plain', 5009)).to.equal(false)
  })

  for (const line of ['group: files sss', 'group: compat', 'initgroups: ldap', 'group: files [SUCCESS=merge] sss']) {
    it(`is not sure of anybody where others are asked as well: ${line}`, () => {
      write('nsswitch.conf', `${line}\n`)
      expect(hasOnlyPrimary('plain', 5001)).to.equal(false)
    })
  }

  it('sees a change', () => {
    const book = createGroupBook(etc())
    const who = { uid: 5001, gid: 5001, user: 'plain' }
    expect(book.hasOnlyPrimary(who)).to.equal(true)
    write('group', 'staff:x:50:plain\n')
    expect(book.hasOnlyPrimary(who)).to.equal(false)
  })
})
