import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openProc, pidsIn } from '../../src/host/proc.ts'
import { useTempDir } from '../support/temp.ts'

describe('host/proc', () => {
  const tempDir = useTempDir()

  it('reads a file of the kernel whole, though it says that it is empty', () => {
    expect(openProc('/proc').read('self/status')).to.match(/^Name:.*\nPid:\t\d+\n.*Threads:\t\d+\n/s)
  })

  it('has nothing of what is not there or cannot be read', () => {
    writeFileSync(join(tempDir(), 'file'), '')
    const proc = openProc(tempDir())
    for (const path of ['none', 'file/below', '.', 'x'.repeat(5000)]) expect(proc.read(path), path).to.equal(undefined)
    expect(proc.list('none')).to.deep.equal([])
    expect(proc.list('file')).to.deep.equal([])
  })

  it('knows processes by their numbers', () => {
    for (const name of ['1', '4242', '12a', 'self', '-1']) mkdirSync(join(tempDir(), name))
    expect([...pidsIn(openProc(tempDir()))].sort()).to.deep.equal(['1', '4242'])
    expect(pidsIn(openProc('/proc'))).to.include(String(process.pid))
  })
})
