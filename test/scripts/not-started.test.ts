import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createScriptRunner } from '../../src/scripts/run.ts'
import type { NotStartedReason, Who } from '../../src/scripts/script-run.ts'
import { gearUser, isRoot, useStage, ways } from './stage.ts'

for (const way of ways) {
  describe(`scripts/not-started ${way}`, () => {
    const stage = useStage({ way })

    const refused: readonly (readonly [string, Who])[] = [
      ['uid 0', { uid: 0, gid: 1000 }],
      ['a uid below the lowest', { uid: 999, gid: 1000 }],
      ['group 0', { uid: 5000, gid: 0 }],
      ['uid -1, which leaves the uid as it is', { uid: 2 ** 32 - 1, gid: 5000 }],
      ['gid -1', { uid: 5000, gid: 2 ** 32 - 1 }],
      ['a negative uid', { uid: -5, gid: 5000 }],
      ['no number', { uid: Number.NaN, gid: 5000 }],
      ['a fraction', { uid: 5000.5, gid: 5000 }],
    ]
    for (const [what, who] of refused) {
      it(`as root: never ${what}`, async () => {
        const runner = createScriptRunner({ minUid: 1000, ownUid: 0 })
        const run = await stage().run('prints', { who, runner })
        expect(run).to.deep.include({ outcome: 'not-started', notStarted: 'uid-refused', lines: [] })
      })
    }

    it('as root: never uid 0, whatever the lowest uid is set to', async () => {
      const runner = createScriptRunner({ minUid: 0, ownUid: 0 })
      const run = await stage().run('prints', { who: { uid: 0, gid: 5000 }, runner })
      expect(run.notStarted).to.equal('uid-refused')
    })

    it('without root: nobody but ourselves', async () => {
      const runner = createScriptRunner({ minUid: 1000, ownUid: 4000 })
      const run = await stage().run('prints', { who: { uid: 5000, gid: 5000 }, runner })
      expect(run.notStarted).to.equal('uid-refused')
    })

    it('as root: a user whom the system does not know', async function () {
      if (!isRoot) return this.skip()
      const run = await stage().run('prints', { who: { ...gearUser, user: 'nobody-of-that-name' } })
      expect(run).to.deep.include({ outcome: 'not-started', notStarted: 'cannot-become-user', lines: [] })
      expect(run.stderrTail).to.include('setpriv')
    })

    const broken: readonly (readonly [string, NotStartedReason])[] = [
      ['no-such-script', 'no-such-file'],
      ['a-directory', 'is-directory'],
      ['a-fifo', 'not-a-file'],
      ['not-executable', 'not-executable'],
      ['bad-interpreter', 'bad-interpreter'],
    ]
    for (const [name, reason] of broken) {
      it(`tells ${reason}: ${name}`, async () => {
        mkdirSync(join(stage().directory, 'a-directory'))
        execFileSync('mkfifo', ['-m', '777', join(stage().directory, 'a-fifo')])
        const run = await stage().run(name)
        expect(run).to.deep.include({ outcome: 'not-started', notStarted: reason, lines: [] })
      })
    }

    it('as root: a script that the gear itself may not execute', async function () {
      if (!isRoot) return this.skip()
      chmodSync(join(stage().directory, 'prints'), 0o700)
      const run = await stage().run('prints')
      expect(run).to.deep.include({ outcome: 'not-started', notStarted: 'permission-denied' })
    })

    it('as root: a directory that the gear itself may not enter', async function () {
      if (!isRoot) return this.skip()
      mkdirSync(join(stage().directory, 'closed'), { mode: 0o700 })
      const run = await stage().run('prints', { script: { cwd: join(stage().directory, 'closed') } })
      expect(run).to.deep.include({ outcome: 'not-started', notStarted: 'bad-directory' })
    })

    it('a script whose directory is gone', async () => {
      const run = await stage().run('prints', { script: { cwd: '/no/such/directory' } })
      expect(run.notStarted).to.equal('bad-directory')
    })

    it('an environment that no program can be given', async () => {
      const environment = new Map([['BIG', 'x'.repeat(200_000)]])
      const run = await stage().run('prints', { script: { environment } })
      expect(run.notStarted).to.equal('environment-too-large')
    })
  })
}
