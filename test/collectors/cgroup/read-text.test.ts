import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { readText } from '../../../src/collectors/cgroup/read-text.ts'
import { useTempDir } from '../../support/temp.ts'

describe('cgroup/readText', () => {
  const temp = useTempDir()
  const write = (content: string | Buffer): string => {
    const path = join(temp(), 'file')
    writeFileSync(path, content)
    return path
  }

  it('reads a file to its end', () => {
    expect(readText(write('a 1\n'))).to.equal('a 1\n')
    expect(readText(write(''))).to.equal('')
    expect(readText(write('x'.repeat(65_536)))).to.have.length(65_536)
  })

  it('reads what gives no size and comes in pieces, as the files of the kernel do', () => {
    expect(readText('/proc/self/stat')).to.match(/^\d+ \(/)
    expect(readText('/proc/self/smaps')).to.satisfy((text?: string) => text === undefined || text.length > 4096)
  })

  it('keeps nothing of the file before', () => {
    const path = write('a long text')
    expect(readText(path)).to.equal('a long text')
    expect(readText(write('short'))).to.equal('short')
  })

  it('takes no file over 64 KiB, and no byte of it', () => {
    expect(readText(write('x'.repeat(65_537)))).to.equal(undefined)
    expect(readText('/dev/zero')).to.equal(undefined)
  })

  it('gives nothing for what is no file, not there or not to be read', () => {
    mkdirSync(join(temp(), 'directory'))
    expect(readText(join(temp(), 'directory'))).to.equal(undefined)
    expect(readText(join(temp(), 'none'))).to.equal(undefined)
    // ESRCH or EINVAL, as a group that vanishes gives ENODEV
    expect(readText('/proc/self/mem')).to.equal(undefined)
  })
})
