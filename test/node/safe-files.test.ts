import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { foldersIn, type Tree, withTree } from '../../src/node/safe-files.ts'
import { useTempDir } from '../support/temp.ts'
import { asNobody, NOBODY, ourUid, plant, us } from './tree.ts'

describe('safe files', () => {
  const temp = useTempDir()
  let home = ''
  beforeEach(() => {
    home = plant(join(temp(), 'home'), { 'a/file': 'inside', 'a/b/deep': 'deep', top: 'top' })
    plant(temp(), { secret: 'outside' })
  })
  const within = <T>(use: (tree: Tree) => T): T => withTree(home, us, use)
  const textOf = (path: string, max = 100): string => {
    const file = within((tree) => tree.read(path, max))
    return file.status === 'read' ? file.bytes.toString() : file.status
  }

  const links: [name: string, target: () => string, expected: string][] = [
    ['a relative link inside', () => 'file', 'inside'],
    ['a link that climbs and comes back', () => '../top', 'top'],
    ['an absolute link into the home', () => join(home, 'a/b/deep'), 'deep'],
    ['a link that climbs out', () => '../../secret', 'refused'],
    ['an absolute link out of the home', () => '/etc/passwd', 'refused'],
    ['an absolute link that begins like the home', () => `${home}x/secret`, 'refused'],
    ['an absolute link that leaves by way of the home', () => `${home}/../secret`, 'refused'],
    ['a link to itself', () => 'link', 'refused'],
    ['a link to nothing', () => 'nothing', 'absent'],
    ['a link to a directory', () => 'b', 'refused'],
  ]
  for (const [name, target, expected] of links) {
    it(`reads ${name}: ${expected}`, () => {
      symlinkSync(target(), join(home, 'a/link'))
      expect(textOf('a/link')).to.equal(expected)
    })
  }

  const paths: [path: string, expected: string][] = [
    ['a/file', 'inside'],
    ['/a//./file', 'inside'],
    ['a/b/../file', 'inside'],
    ['a/b/deep', 'deep'],
    ['a/nothing', 'absent'],
    ['nowhere/file', 'absent'],
    ['a/file/x', 'absent'],
    ['../secret', 'refused'],
    ['a/../../secret', 'refused'],
    ['a', 'refused'],
    ['', 'refused'],
  ]
  for (const [path, expected] of paths) {
    it(`reads the path ${JSON.stringify(path)}: ${expected}`, () => expect(textOf(path)).to.equal(expected))
  }

  it('follows a link in the middle of a path, and says where the file really is', () => {
    symlinkSync('a', join(home, 'app'))
    const file = within((tree) => tree.read('app/file', 100))
    expect(file).to.include({ status: 'read', path: join(home, 'a/file') })
  })

  it('does not pass through a directory that is a link out of the home', () => {
    symlinkSync(temp(), join(home, 'usr'))
    expect(textOf('usr/secret')).to.equal('refused')
    expect(within((tree) => tree.list('usr', 10)).status).to.equal('refused')
  })

  it('takes a file of exactly the limit and refuses one byte more', () => {
    expect(textOf('a/file', 6)).to.equal('inside')
    expect(textOf('a/file', 5)).to.equal('refused')
  })

  it('refuses FIFOs and sockets at once, without opening them', async () => {
    execFileSync('mkfifo', [join(home, 'fifo')])
    const server = createServer().listen(join(home, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    expect(within((tree) => tree.read('fifo', 10))).to.deep.equal({
      status: 'refused',
      expected: 'a regular file',
      got: 'a FIFO, socket or device',
    })
    expect(textOf('socket')).to.equal('refused')
    await new Promise((resolve) => server.close(resolve))
  })

  it('refuses a hard link to a file that its gear could not read', function () {
    if (ourUid !== 0) this.skip() // only root can make, and read, such a file
    writeFileSync(join(temp(), 'shadow'), 'secret', { mode: 0o600 })
    linkSync(join(temp(), 'shadow'), join(home, 'mine'))
    const read = withTree(home, { uid: NOBODY, gid: NOBODY }, (tree) => tree.read('mine', 100))
    expect(read).to.include({ status: 'refused', got: 'a hard link to a foreign file' })
    chownSync(join(home, 'mine'), NOBODY, NOBODY)
    expect(withTree(home, { uid: NOBODY, gid: NOBODY }, (tree) => tree.read('mine', 100)).status).to.equal('read')
  })

  it('says of an unreadable file why', () => {
    chmodSync(temp(), 0o755)
    chmodSync(join(home, 'a/file'), 0)
    expect(asNobody(() => within((tree) => tree.read('a/file', 10)))).to.include({ status: 'refused', got: 'EACCES' })
  })

  it('finds what it need not be able to read', () => {
    chmodSync(join(home, 'top'), 0o111)
    const found = within((tree) => tree.find('top'))
    expect(found.status === 'found' && found.stats.mode & 0o777).to.equal(0o111)
  })

  it('lists sorted, with kinds, and says when there was more', () => {
    mkdirSync(join(home, 'z'))
    symlinkSync('top', join(home, 'link'))
    execFileSync('mkfifo', [join(home, 'fifo')])
    const listing = within((tree) => tree.list('', 10))
    expect(listing).to.deep.equal({
      status: 'listed',
      cut: false,
      entries: [
        { name: 'a', kind: 'directory' },
        { name: 'fifo', kind: 'other' },
        { name: 'link', kind: 'link' },
        { name: 'top', kind: 'file' },
        { name: 'z', kind: 'directory' },
      ],
    })
    expect(within((tree) => tree.list('', 4))).to.include({ status: 'listed', cut: true })
    expect(within((tree) => tree.list('top', 4)).status, 'a file is no directory').to.equal('absent')
    expect(within((tree) => tree.list('none', 4)).status).to.equal('absent')
  })

  it('names the folders, not the hidden ones, nor links to folders', () => {
    mkdirSync(join(home, '.hidden'))
    symlinkSync('a', join(home, 'link'))
    expect(within((tree) => foldersIn(tree, ''))).to.deep.equal(['a'])
  })

  it('sees a directory that was replaced by a link out of the home between two reads', () => {
    const answers = within((tree) => {
      const before = tree.read('a/b/deep', 10).status
      execFileSync('rm', ['-r', join(home, 'a/b')])
      symlinkSync('/etc', join(home, 'a/b'))
      return [before, tree.read('a/file', 10).status, tree.read('a/b/passwd', 1e6).status]
    })
    expect(answers).to.deep.equal(['read', 'read', 'refused'])
  })

  it('leaves no descriptor open, whatever happened', () => {
    const open = (): number => readdirSync('/proc/self/fd').length
    const before = open()
    within((tree) => {
      for (const path of ['a/b/deep', 'a', 'a/nothing', '../x', 'top']) {
        tree.read(path, 3)
        tree.list(path, 1)
        tree.find(path)
      }
    })
    expect(() => within(() => expect.fail('thrown inside'))).to.throw('thrown inside')
    expect(() => withTree(join(home, 'nothing'), us, () => 0)).to.throw('ENOENT')
    expect(open()).to.equal(before)
  })

  it('goes anywhere below the root of the file system when that is the tree', () => {
    const file = withTree('/', us, (tree) => tree.read(join(home, 'top'), 10))
    expect(file).to.include({ status: 'read', path: join(home, 'top') })
  })
})
