import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { withTree } from '../../src/node/safe-files.ts'
import { hasStopLock, isFrozen, isInFlux, readLocks, readState } from '../../src/node/state.ts'
import { useTempDir } from '../support/temp.ts'
import { ourUid, plant, us } from './tree.ts'

describe('state', () => {
  const temp = useTempDir()

  const states: [text: string, state: string][] = [
    ['started\n', 'started'],
    ['IDLE\n', 'idle'],
    ['stopped', 'stopped'],
    [' new \n', 'new'],
    ['nonsense', 'unknown'],
    ['', 'unknown'],
    ['started '.repeat(20), 'unknown'],
  ]
  for (const [text, state] of states) {
    it(`reads ${JSON.stringify(text)} as ${state}`, () => {
      plant(temp(), { 'app-root/runtime/.state': text })
      expect(withTree(temp(), us, readState)).to.equal(state)
    })
  }

  it('is unknown without a file', () => expect(withTree(temp(), us, readState)).to.equal('unknown'))

  it('sees a stop lock, whatever it is', () => {
    expect(withTree(temp(), us, hasStopLock)).to.equal(false)
    mkdirSync(join(temp(), 'app-root/runtime'), { recursive: true })
    symlinkSync('/etc/passwd', join(temp(), 'app-root/runtime/.stop_lock'))
    expect(withTree(temp(), us, hasStopLock)).to.equal(true)
  })

  describe('in flux', () => {
    let holder: ChildProcess | undefined
    afterEach(async () => {
      if (!holder) return
      holder.stdin?.end()
      await new Promise((resolve) => holder!.once('exit', resolve))
      holder = undefined
    })

    it('is a gear whose lock someone holds, and no other', async () => {
      plant(temp(), { 'gear.aa11': '', 'gear.bb22': '' })
      const inFlux = (id: string, ownUid = ourUid): boolean =>
        isInFlux(id, { lockDir: temp(), locks: readLocks('/proc'), ownUid })
      expect(inFlux('aa11')).to.equal(false)
      holder = spawn('flock', [join(temp(), 'gear.aa11'), 'sh', '-c', 'echo held; read line'])
      await new Promise((resolve) => holder!.stdout!.once('data', resolve))
      expect(['aa11', 'bb22', 'cc33'].map((id) => inFlux(id))).to.deep.equal([true, false, false])
      if (ourUid !== 0) expect(inFlux('aa11', ourUid + 1), "a stranger's lock says nothing").to.equal(false)
    })
  })

  it('reads the locks of flock(2) only', () => {
    plant(temp(), {
      locks:
        '1: FLOCK  ADVISORY  WRITE 8005 fe:00:99 0 EOF\n2: POSIX  ADVISORY  WRITE 1 fe:00:98 0 EOF\n1: -> FLOCK  ADVISORY  WRITE -1 00:1a:97 0 EOF\n',
    })
    expect([...readLocks(temp())]).to.deep.equal(['fe:00:99', '00:1a:97'])
    expect(readLocks('/nonexistent')).to.deep.equal(new Set())
  })

  const frozen: [file: string, text: string, expected: boolean][] = [
    ['openshift/aa11/cgroup.events', 'populated 1\nfrozen 1\n', true],
    ['openshift/aa11/cgroup.events', 'populated 1\nfrozen 0\n', false],
    ['unified/openshift/aa11/cgroup.events', 'frozen 1\n', true],
    ['freezer/openshift/aa11/freezer.state', 'FROZEN\n', true],
    ['freezer/openshift/aa11/freezer.state', 'FREEZING\n', true],
    ['freezer/openshift/aa11/freezer.state', 'THAWED\n', false],
    ['freezer/openshift/bb22/freezer.state', 'FROZEN\n', false],
  ]
  for (const [file, text, expected] of frozen) {
    it(`is ${expected ? '' : 'not '}frozen by ${file} with ${JSON.stringify(text)}`, () => {
      plant(temp(), { [file]: text })
      expect(isFrozen(temp(), '/openshift/aa11')).to.equal(expected)
    })
  }
})
