import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createOpenFilesCounter } from '../../src/host/open-files.ts'
import { useTempDir } from '../support/temp.ts'

const plenty = () => ({ entries: 1000 })

describe('host/open-files', () => {
  const tempDir = useTempDir()
  /** A process with so many open files. */
  const make = (pid: string, files: number): void => {
    mkdirSync(join(tempDir(), pid, 'fd'), { recursive: true })
    for (let file = 0; file < files; file += 1) writeFileSync(join(tempDir(), pid, 'fd', String(file)), '')
  }

  it('counts those of a real process', async () => {
    const child = spawn('sh', ['-c', 'exec 7</dev/null 8</dev/null 9</dev/null; echo ready; read -r _'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    try {
      await once(child.stdout, 'data')
      const listed = readdirSync(`/proc/${child.pid}/fd`).length
      expect(listed).to.be.at.least(6)
      expect(createOpenFilesCounter('/proc')(String(child.pid), 256, plenty())).to.equal(listed)
    } finally {
      child.stdin.end()
      await once(child, 'close')
    }
  })

  it('counts entries where their number is not told', () => {
    make('7', 3)
    expect(createOpenFilesCounter(tempDir())('7', 64, plenty())).to.equal(3)
  })

  it('has 0 for a process that is gone', () => {
    expect(createOpenFilesCounter(tempDir())('8', 64, plenty())).to.equal(0)
    expect(createOpenFilesCounter('/proc')('0', 64, plenty())).to.equal(0)
  })

  it('counts no more than may be counted', () => {
    make('7', 3)
    const count = createOpenFilesCounter(tempDir())
    const budget = { entries: 100 }
    expect([count('7', 64, budget), count('7', 64, budget), count('7', 64, budget)]).to.deep.equal([
      3,
      undefined,
      undefined,
    ])
  })

  it('does not know what it may not see', () => {
    mkdirSync(join(tempDir(), '7'))
    writeFileSync(join(tempDir(), '7', 'fd'), '')
    expect(createOpenFilesCounter(tempDir())('7', 64, plenty())).to.equal(undefined)
  })
})
