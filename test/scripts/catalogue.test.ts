import { execFileSync } from 'node:child_process'
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { isAlive, processesOf } from './alive.ts'
import { canContain, gearUser, isRoot, type Seen, useStage, ways } from './stage.ts'

const SOON_MS = 4000
const numbersIn = ({ lines }: Seen, name: string): number[] =>
  lines.filter((line) => line.startsWith(`${name}=`)).map((line) => Number(line.slice(name.length + 1)))

describe('scripts: what only a cgroup holds', () => {
  const stage = useStage({ way: canContain ? 'contained' : 'direct' })
  beforeEach(function () {
    if (!canContain) this.skip()
  })

  it('a double fork into a session of its own, with an empty environment: ended with its script', async () => {
    const run = await stage().run('leaves-empty-session')
    const [escaped] = numbersIn(run, 'escaped')
    expect(run).to.deep.include({ outcome: 'succeeded', exitCode: 0, lines: [`escaped=${escaped}`, 'parent=1'] })
    expect(isAlive(escaped!)).to.equal(false)
    expect(run).not.to.have.property('leaked')
    expect(run.durationMs).to.be.below(SOON_MS)
  })

  it('a fork bomb of sessions: ended at the limit, all of it', async () => {
    const who = { uid: 54_999, gid: 54_999 }
    const run = await stage().run('fork-bomb', { who, limits: { timeoutMs: 1000, killDelayMs: 100 } })
    expect(run).to.deep.include({ outcome: 'timed-out', signal: 'SIGTERM', lines: ['before=1'] })
    expect(run).not.to.have.property('leaked')
    expect(run.durationMs).to.be.within(1000, SOON_MS)
    expect(processesOf(who.uid)).to.deep.equal([])
  })

  it('what ignores every signal, in groups of its own: ended at the limit', async () => {
    const run = await stage().run('traps-everything', { limits: { timeoutMs: 500, killDelayMs: 100 } })
    expect(run).to.deep.include({ outcome: 'timed-out', lines: ['before=1'] })
    expect(run).not.to.have.property('leaked')
    expect(run.durationMs).to.be.within(600, SOON_MS)
    expect(stage().leftovers()).to.deep.equal([])
  })
})

for (const way of ways) {
  describe(`scripts ${way}: what a script does to its own home`, () => {
    const stage = useStage({ way })
    let home = ''
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'oo-home-'))
      mkdirSync(join(home, 'cart/metadata'), { recursive: true })
      for (const path of ['', 'cart', 'cart/metadata'])
        if (isRoot) chownSync(join(home, path), gearUser.uid, gearUser.gid)
    })
    afterEach(() => rmSync(home, { recursive: true, force: true }))

    const runAtHome = (name: string): Promise<Seen> => {
      const path = join(home, 'cart', name)
      return stage().run(name, { script: { path, cwd: join(home, 'cart') } })
    }
    const install = (name: string): void => {
      copyFileSync(join(stage().directory, name), join(home, 'cart', name))
    }

    it('changing its manifest while it runs changes nothing of the run', async () => {
      install('changes-manifest')
      const run = await runAtHome('changes-manifest')
      expect(run).to.deep.include({ outcome: 'succeeded', lines: ['before=1', 'after=1'], stderrTail: '' })
      expect(readdirSync(join(home, 'cart/metadata'))).to.deep.equal(['manifest.yml'])
    })

    it('after it replaced itself by a FIFO, and its directory by a link to a closed one, it is not started any more', async () => {
      install('replaces-home')
      const run = await runAtHome('replaces-home')
      expect(run).to.deep.include({ outcome: 'succeeded', lines: ['before=1', 'after=1'], stderrTail: '' })
      const again = await runAtHome('replaces-home')
      expect(again).to.deep.include({ outcome: 'not-started', notStarted: 'bad-directory', lines: [] })
      expect(again.durationMs).to.be.below(SOON_MS)
    })

    it('a FIFO in its place is not opened', async () => {
      execFileSync('mkfifo', ['-m', '777', join(home, 'cart/fifo')])
      const run = await runAtHome('fifo')
      expect(run).to.deep.include({ outcome: 'not-started', notStarted: 'not-a-file', lines: [] })
      expect(run.durationMs).to.be.below(SOON_MS)
    })
  })
}

describe('scripts by a spawner: real pipes', () => {
  const stage = useStage({ way: 'spawner' })

  it('a script may open /dev/stdout and /dev/stderr', async () => {
    const run = await stage().run('writes-dev-stderr')
    expect(run).to.deep.include({ outcome: 'succeeded', lines: ['jobs=1'], stderrTail: 'complaint\n' })
  })

  it('also the second and third time, when its pipes are used again', async () => {
    for (let at = 0; at < 3; at += 1) {
      const { lines, stderrTail } = await stage().run('writes-dev-stderr')
      expect([lines, stderrTail]).to.deep.equal([['jobs=1'], 'complaint\n'])
    }
  })
})
