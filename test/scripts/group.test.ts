import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { groupOf } from '../../src/scripts/group.ts'

/** A shell that leads its own group, once it has said that it is there. */
const startShell = async (text: string) => {
  const shell = spawn('/bin/sh', ['-c', text], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
  await once(shell.stdout, 'data')
  return { shell, group: groupOf(shell.pid!) }
}

/** What is signalled while `act` runs. */
const signalsOf = (act: () => void): (readonly [number, string | number | undefined])[] => {
  const calls: (readonly [number, string | number | undefined])[] = []
  const kill = process.kill.bind(process)
  process.kill = (pid, signal) => {
    calls.push([pid, signal])
    return kill(pid, signal)
  }
  try {
    act()
  } finally {
    process.kill = kill
  }
  return calls
}

describe('scripts/group', () => {
  it('reaches all of the group', async () => {
    const { shell, group } = await startShell('sleep 30 & echo there; wait')
    group.signal('SIGKILL')
    // the pipe closes when the sleeper, which holds it too, is gone
    await once(shell, 'close')
    expect(shell.signalCode).to.equal('SIGKILL')
  })

  it('never signals a number again that may belong to a stranger: nobody was left when the leader had gone', async () => {
    const { shell, group } = await startShell('echo there; exit 0')
    await once(shell, 'exit')
    group.leaderGone()
    expect(signalsOf(() => group.signal('SIGKILL'))).to.deep.equal([])
  })

  it('still reaches those whom a leader leaves behind', async () => {
    const { shell, group } = await startShell('sleep 30 & echo there; exit 0')
    await once(shell, 'exit')
    group.leaderGone()
    expect(signalsOf(() => group.signal('SIGKILL'))).to.deep.equal([[-shell.pid!, 'SIGKILL']])
    await once(shell, 'close')
  })
})
