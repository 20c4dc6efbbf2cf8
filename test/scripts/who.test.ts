import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Who } from '../../src/scripts/script-run.ts'
import { gearUser, isRoot, type Seen, useStage, ways } from './stage.ts'

const factsOf = ({ lines }: Seen): ReadonlyMap<string, string> =>
  new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))

for (const way of ways) {
  describe(`scripts/run ${way}: who and where a script is`, () => {
    const stage = useStage({ way })

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
      if (way !== 'direct') expect(facts.get('ionice')).to.equal('idle')
      expect(facts.get('group')).to.equal(facts.get('pid'))
    })

    it('as root: has only its own group when it has no name, and no privileges to gain', async function () {
      if (!isRoot) return this.skip()
      const facts = factsOf(await stage().run('tells-who'))
      expect(facts.get('groups')).to.equal(String(gearUser.gid))
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) expect(facts.get(set), set).to.match(/^0+$/)
      // of no use without new privileges; what the spawner itself works with, and nothing else
      expect(Number.parseInt(facts.get('CapBnd')!, 16)).to.equal(way === 'direct' ? 0 : 0x1e3)
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
}

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
