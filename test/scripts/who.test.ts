import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createScriptRunner } from '../../src/scripts/run.ts'
import type { NotStartedReason, Who } from '../../src/scripts/script-run.ts'
import { gearUser, isRoot, type Seen, useStage } from './stage.ts'

const factsOf = ({ lines }: Seen): ReadonlyMap<string, string> =>
  new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))

describe('scripts/run: who and where a script is', () => {
  const stage = useStage()

  it('is the gear, in its directory, with umask 077, nothing on stdin, its own process group and low priority', async () => {
    const run = await stage().run('tells-who', { script: { args: ['a b', '$(id)', '"'] } })
    expect(run.outcome).to.equal('succeeded')
    const facts = factsOf(run)
    expect(facts.get('uid')).to.equal(String(gearUser.uid))
    expect(facts.get('gid')).to.equal(String(gearUser.gid))
    expect(facts.get('cwd')).to.equal(stage().directory)
    expect(facts.get('umask')).to.equal('0077')
    expect(facts.get('stdin')).to.equal('/dev/null')
    expect(facts.get('args')).to.equal('a b $(id) "')
    expect(facts.get('nice')).to.equal('10')
    expect(facts.get('group')).to.equal(facts.get('pid'))
  })

  it('as root: has only its own group when it has no name, and no privileges to gain', async function () {
    if (!isRoot) return this.skip()
    const facts = factsOf(await stage().run('tells-who'))
    expect(facts.get('groups')).to.equal(String(gearUser.gid))
    expect(facts.get('CapEff')).to.match(/^0+$/)
    expect(facts.get('CapBnd')).to.match(/^0+$/)
    expect(facts.get('NoNewPrivs')).to.equal('1')
  })

  it('as root: has the groups of its user', async function () {
    if (!isRoot) return this.skip()
    const name = `oo-test-${process.pid}`
    const who = userWithGroups() ?? (process.env.CI === 'true' ? addUser(name) : undefined)
    if (!who) return this.skip()
    try {
      const facts = factsOf(await stage().run('tells-who', { who: { ...who, gid: gearUser.gid } }))
      const groups = execFileSync('id', ['-G', who.user!], { encoding: 'utf8' }).trim().split(' ').slice(1)
      expect(groups.length).to.be.at.least(1)
      expect(facts.get('groups')!.split(' ')).to.include.members(groups)
      expect(facts.get('gid')).to.equal(String(gearUser.gid))
    } finally {
      if (who.user === name) execFileSync('userdel', [name], { stdio: 'ignore' })
    }
  })

  it('has exactly its environment', async () => {
    const environment = new Map([
      ['QUOTES', `it's "so" \`id\` $(id) $HOME \\`],
      ['LINES', 'one\ntwo'],
      ['EMPTY', ''],
      ['PWD', '/elsewhere'],
      ['__proto__', 'kept'],
      ['BIG', 'x'.repeat(100_000)],
    ])
    const { lines } = await stage().run('prints-environment', {
      script: { environment },
      limits: { maxLineBytes: 200_000, maxOutputBytes: 400_000 },
    })
    expect(lines.filter((line) => !/^(_|SHLVL)=/.test(line)).sort()).to.deep.equal(
      [
        'PATH=/usr/bin:/bin',
        `STAGE=${stage().directory}`,
        `QUOTES=it's "so" \`id\` $(id) $HOME \\`,
        'LINES=one',
        'two',
        'EMPTY=',
        'PWD=/elsewhere',
        '__proto__=kept',
        `BIG=${'x'.repeat(100_000)}`,
      ].sort(),
    )
  })

  it('is not stopped by names that no shell can set: they are left out', async () => {
    const environment = new Map(
      ['a-b', '1st', 'x y', 'a;id', '$(id)', '', 'OPTIND', 'PPID', 'UID', 'OO_GATHER_METRICS_0'].map((name) => [
        name,
        'x',
      ]),
    )
    const run = await stage().run('prints-environment', { script: { environment } })
    expect(run.outcome).to.equal('succeeded')
    expect(run.lines.filter((line) => line.endsWith('=x'))).to.deep.equal([])
  })

  it('meets its environment only in its own process: no program before it is steered by LD_PRELOAD', async () => {
    const environment = new Map([['LD_PRELOAD', join(stage().directory, 'prints')]])
    const { lines, stderrTail } = await stage().run('prints', { script: { environment } })
    expect(lines).to.have.length(2)
    // the loader complains once for each program that is started with it
    expect(stderrTail.match(/cannot be preloaded/g)).to.have.length(1)
  })

  it('has no open files but the three', async () => {
    const { lines } = await stage().run('tells-fds')
    // the shell keeps the script itself open, at 10 or above
    expect(lines.filter((line) => Number(line) < 10)).to.deep.equal(['0', '1', '2'])
  })

  it('as root: cannot kill the sender', async function () {
    if (!isRoot) return this.skip()
    const run = await stage().run('kills-sender')
    expect(run).to.deep.include({ outcome: 'succeeded', lines: ['after=1'] })
  })

  it('runs a script without an interpreter line by sh, with its arguments', async () => {
    const run = await stage().run('no-shebang', { script: { args: ['x'] } })
    expect(run).to.deep.include({ outcome: 'succeeded', lines: ['shell=1 arg=x'] })
  })
})

describe('scripts/run: what cannot be started', () => {
  const stage = useStage()

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

/** Somebody of this machine who is in a group besides the primary one. */
const userWithGroups = (): Who | undefined => {
  const groups = readFileSync('/etc/group', 'utf8').split('\n')
  const members = new Set(groups.flatMap((line) => line.split(':')[3]?.split(',') ?? []))
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user = '', , uid, gid] = line.split(':')
    if (Number(uid) >= 1000 && members.has(user)) return { user, uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

const addUser = (user: string): Who => {
  execFileSync('useradd', ['--no-create-home', '--groups', 'users,games', user], { stdio: 'ignore' })
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { user, uid: id('-u'), gid: id('-g') }
}
