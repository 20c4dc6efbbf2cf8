import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createRollingFile, type RollingFile } from '../../../src/backends/file/rolling-file.ts'
import { useTempDir } from '../../support/temp.ts'

describe('rolling file', () => {
  const directory = useTempDir()
  let file: RollingFile
  const path = (name = 'm.jsonl'): string => join(directory(), 'log', name)
  const read = (name?: string): string => readFileSync(path(name), 'utf8')
  const open = (changes: { maxBytes?: number; keep?: number; fsync?: boolean } = {}): RollingFile => {
    file = createRollingFile({ path: path(), maxBytes: 10, keep: 2, fsync: false, ...changes })
    return file
  }
  afterEach(() => file.close())

  it('makes its directory and a file that others cannot read', async () => {
    await open().append('one\n')
    expect(read()).to.equal('one\n')
    expect(statSync(path()).mode & 0o777 & ~0o640).to.equal(0)
  })

  it('goes on with a file that is there already', async () => {
    mkdirSync(join(directory(), 'log'))
    writeFileSync(path(), 'old\n')
    await open().append('new\n')
    expect(read()).to.equal('old\nnew\n')
  })

  it('ends the line that a killed process left unfinished', async () => {
    mkdirSync(join(directory(), 'log'))
    writeFileSync(path(), 'tor')
    await open().append('new\n')
    expect(read()).to.equal('tor\nnew\n')
  })

  it('rolls before the file would grow too large, and keeps so many', async () => {
    open()
    for (const text of ['11111\n', '222\n', '33333\n', '44444\n', '55555\n']) await file.append(text)
    expect(read()).to.equal('55555\n')
    expect(read('m.jsonl.1')).to.equal('44444\n')
    expect(read('m.jsonl.2')).to.equal('33333\n')
    expect(readdirSync(join(directory(), 'log'))).to.have.lengthOf(3)
  })

  it('keeps none when so told', async () => {
    open({ keep: 0 })
    await file.append('11111\n')
    await file.append('22222\n')
    expect(readdirSync(join(directory(), 'log'))).to.deep.equal(['m.jsonl'])
    expect(read()).to.equal('22222\n')
  })

  it('writes a batch larger than the limit alone and whole', async () => {
    open()
    await file.append('a\n')
    await file.append('a rather long line\n')
    expect(read()).to.equal('a rather long line\n')
    expect(read('m.jsonl.1')).to.equal('a\n')
  })

  it('begins a new file when the old one was renamed or removed', async () => {
    open({ maxBytes: 1000, fsync: true })
    await file.append('one\n')
    renameSync(path(), path('moved'))
    await file.append('two\n')
    expect(read('moved')).to.equal('one\n')
    expect(read()).to.equal('two\n')
    rmSync(path())
    await file.append('three\n')
    expect(read()).to.equal('three\n')
  })

  it('does not follow a link in the place of the file', async () => {
    mkdirSync(join(directory(), 'log'))
    symlinkSync(join(directory(), 'elsewhere'), path())
    const failure = await open()
      .append('x\n')
      .catch((thrown: NodeJS.ErrnoException) => thrown.code)
    expect(failure).to.equal('ELOOP')
    expect(existsSync(join(directory(), 'elsewhere'))).to.equal(false)
  })

  it('fails while something stands in the way, and goes on afterwards', async () => {
    mkdirSync(path(), { recursive: true })
    const failure = await open()
      .append('x\n')
      .catch((thrown: NodeJS.ErrnoException) => thrown.code)
    expect(failure).to.equal('EISDIR')
    rmdirSync(path())
    await file.append('x\n')
    expect(read()).to.equal('x\n')
  })
})
