import { chmodSync, closeSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openDirectoryFor } from '../../../src/scripts/spawner/directory.ts'
import { useTempDir } from '../../support/temp.ts'

const own = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
const stranger = { uid: 54_321, gid: 54_322 }

describe('scripts/spawner/directory', () => {
  const home = useTempDir()
  const make = (path: string, mode: number): string => {
    mkdirSync(join(home(), path))
    chmodSync(join(home(), path), mode)
    return join(home(), path)
  }
  const opened = (path: string, who = stranger): string | undefined => {
    const fd = openDirectoryFor(path, who)
    if (fd === undefined) return undefined
    const target = readlinkSync(`/proc/self/fd/${fd}`)
    closeSync(fd)
    return target
  }
  beforeEach(() => chmodSync(home(), 0o755))

  it('opens what everybody may enter', () => {
    const path = make('open', 0o711)
    expect(opened(path)).to.equal(path)
  })

  it('opens what its owner may enter, only for that owner', () => {
    const path = make('mine', 0o700)
    expect(opened(path, own)).to.equal(path)
    expect(opened(path)).to.equal(undefined)
  })

  it('is not sure of what the group decides, and leaves that to the kernel', () => {
    expect(opened(make('grouped', 0o750), { uid: stranger.uid, gid: own.gid })).to.equal(undefined)
    expect(opened(make('against', 0o705), { uid: stranger.uid, gid: own.gid })).to.equal(undefined)
  })

  it('does not open, over a link, what is below a closed directory, though it is open itself', () => {
    make('closed', 0o700)
    make('closed/open', 0o755)
    symlinkSync(join(home(), 'closed/open'), join(home(), 'link'))
    expect(opened(join(home(), 'link'))).to.equal(undefined)
    expect(opened(join(home(), 'link'), own)).to.equal(join(home(), 'closed/open'))
  })

  it('throws when there is no directory', () => {
    symlinkSync('/etc/passwd', join(home(), 'file'))
    expect(() => opened(join(home(), 'nothing'))).to.throw(/ENOENT/)
    expect(() => opened(join(home(), 'file'))).to.throw(/ENOTDIR/)
  })
})
