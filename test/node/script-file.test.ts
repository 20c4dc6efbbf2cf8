import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { withTree } from '../../src/node/safe-files.ts'
import { findNamedScript, findScript } from '../../src/node/script-file.ts'
import { useTempDir } from '../support/temp.ts'
import { NOBODY, ourUid, plant, us } from './tree.ts'

describe('script file', () => {
  const temp = useTempDir()
  let home = ''
  beforeEach(() => {
    home = plant(join(temp(), 'home'), { 'php/bin/control': '#!/bin/sh\n', 'php/bin/plain': 'text' })
  })
  const find = (path: string, uid = ourUid): string => {
    const script = withTree(home, us, (tree) => findScript(tree, path, { home, uid }))
    return script.status === 'good' ? script.path : script.status === 'bad' ? script.problem.reason : 'absent'
  }

  it('is good when it is regular, executable and inside the home', () => {
    expect(find('php/bin/control')).to.equal(join(home, 'php/bin/control'))
  })

  it('is given by its real path when links inside the home lead to it', () => {
    symlinkSync('control', join(home, 'php/bin/metrics'))
    symlinkSync('php', join(home, 'app'))
    expect(find('app/bin/metrics')).to.equal(join(home, 'php/bin/control'))
  })

  const bad: [name: string, make: (path: string) => void, expected: string][] = [
    ['nothing', () => {}, 'absent'],
    ['a file without an execute bit', (path) => writeFileSync(path, 'text'), 'script-not-executable'],
    ['a directory', (path) => mkdirSync(path), 'script-not-a-file'],
    ['a FIFO', (path) => execFileSync('mkfifo', ['-m', '755', path]), 'script-not-a-file'],
    ['a link out of the home', (path) => symlinkSync('/bin/sh', path), 'script-not-a-file'],
    ['a link to itself', (path) => symlinkSync('x', path), 'script-not-a-file'],
    ['a link to nothing', (path) => symlinkSync('nothing', path), 'absent'],
  ]
  for (const [name, make, expected] of bad) {
    it(`is ${expected} when it is ${name}`, () => {
      make(join(home, 'php/bin/x'))
      expect(find('php/bin/x')).to.equal(expected)
    })
  }

  for (const mode of [0o100, 0o010, 0o001]) {
    it(`is good with mode ${mode.toString(8)}`, () => {
      chmodSync(join(home, 'php/bin/control'), mode)
      expect(find('php/bin/control')).to.equal(join(home, 'php/bin/control'))
    })
  }

  it("must be the gear's own or root's", function () {
    if (ourUid !== 0) this.skip() // only root can give files away
    const script = join(home, 'php/bin/control')
    expect(find('php/bin/control', 41_001)).to.equal(script)
    chownSync(script, 41_001, 41_001)
    expect(find('php/bin/control', 41_001)).to.equal(script)
    chownSync(script, NOBODY, NOBODY)
    expect(find('php/bin/control', 41_001)).to.equal('script-foreign-owner')
  })

  it('says what it expected and what came', () => {
    const script = withTree(home, us, (tree) => findScript(tree, 'php/bin/plain', { home, uid: ourUid }))
    expect(script).to.deep.equal({
      status: 'bad',
      problem: {
        reason: 'script-not-executable',
        place: join(home, 'php/bin/plain'),
        expected: 'an execute bit',
        got: 'mode 0644',
      },
    })
  })

  describe('named by the admin', () => {
    const named = (path: string): string => {
      const script = findNamedScript(path, { uid: ourUid })
      return script.status === 'bad' ? script.problem.reason : script.status
    }
    it('may lie anywhere, also behind a link', () => {
      symlinkSync(join(home, 'php/bin/control'), join(temp(), 'link'))
      expect([named('/bin/sh'), named(join(temp(), 'link'))]).to.deep.equal(['good', 'good'])
    })

    it('must be there, regular and executable all the same', () => {
      expect([named('/nowhere/x'), named('/etc'), named(join(home, 'php/bin/plain'))]).to.deep.equal([
        'absent',
        'script-not-a-file',
        'script-not-executable',
      ])
    })
  })
})
