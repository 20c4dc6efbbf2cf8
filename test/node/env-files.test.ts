import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createEnvReader, decodeVariable, type Environment, readSystemEnvironment } from '../../src/node/env-files.ts'
import type { GearProblem } from '../../src/node/gear.ts'
import { withTree } from '../../src/node/safe-files.ts'
import { useTempDir } from '../support/temp.ts'
import { asNobody, gearSettings, plant, us } from './tree.ts'

const LIMITS = gearSettings().environment

describe('environment files', () => {
  const temp = useTempDir()
  const problems: GearProblem[] = []
  beforeEach(() => {
    problems.length = 0
  })
  const report = (problem: GearProblem): void => void problems.push(problem)
  const read = (folders: readonly string[], limits = LIMITS): Environment[] =>
    withTree(temp(), us, (tree) => folders.map(createEnvReader(tree, { root: temp(), limits, report })))

  const values: [written: string, value: string][] = [
    ['value', 'value'],
    ['one\n', 'one'],
    ['one\n\n', 'one\n'],
    ['one\r\n', 'one'],
    ['one\r', 'one'],
    ['a\nb\n', 'a\nb'],
    ['a\0b\0', 'ab'],
    ['', ''],
    ["export K='v'", "export K='v'"],
    [' blank ', ' blank '],
  ]
  for (const [written, value] of values) {
    it(`reads ${JSON.stringify(written)} as ${JSON.stringify(value)}`, () => {
      expect(decodeVariable(Buffer.from(written))).to.equal(value)
    })
  }

  it('reads one variable of each file, sorted by name', () => {
    plant(temp(), { 'env/B': '2\n', 'env/A': '1', 'env/__proto__': 'x', 'env/EMPTY': '' })
    expect([...read(['env'])[0]!]).to.deep.equal([
      ['A', '1'],
      ['B', '2'],
      ['EMPTY', ''],
      ['__proto__', 'x'],
    ])
    expect(problems).to.deep.equal([])
  })

  it('leaves out dotfiles, templates, what is not a file, and names that no variable has', () => {
    plant(temp(), { 'env/.HIDDEN': '1', 'env/A.erb': '1', 'env/A.rpmnew': '1', 'env/A=B': '1', 'env/A\nB': '1' })
    mkdirSync(join(temp(), 'env/FOLDER'))
    execFileSync('mkfifo', [join(temp(), 'env/FIFO')])
    symlinkSync('nothing', join(temp(), 'env/DANGLING'))
    expect(read(['env', 'nowhere'])).to.deep.equal([new Map(), new Map()])
    expect(problems).to.deep.equal([])
  })

  it('follows links inside the home, and tells of those that lead out', () => {
    plant(temp(), { 'env/A': '1' })
    symlinkSync('A', join(temp(), 'env/B'))
    symlinkSync('/etc/passwd', join(temp(), 'env/C'))
    expect([...read(['env'])[0]!]).to.deep.equal([
      ['A', '1'],
      ['B', '1'],
    ])
    expect(problems).to.deep.equal([
      {
        reason: 'env-unreadable',
        place: join(temp(), 'env/C'),
        expected: 'a place inside the home',
        got: 'a link to /etc/passwd',
      },
    ])
  })

  it('reads the rest when one cannot be read', () => {
    plant(temp(), { 'env/A': '1', 'env/B': '2' })
    chmodSync(temp(), 0o755)
    chmodSync(join(temp(), 'env/A'), 0)
    expect([...asNobody(() => read(['env'])[0]!)]).to.deep.equal([['B', '2']])
    expect(problems).to.have.lengthOf(1)
    expect(problems[0]).to.include({ reason: 'env-unreadable', got: 'EACCES' })
  })

  it('leaves out a value over the limit, and only that', () => {
    plant(temp(), { 'env/A': 'x'.repeat(11), 'env/B': 'x'.repeat(10) })
    expect([...read(['env'], { ...LIMITS, maxFileBytes: 10 })[0]!.keys()]).to.deep.equal(['B'])
    expect(problems[0]).to.include({ reason: 'env-unreadable', expected: 'at most 10 bytes' })
  })

  it('reads no more files than the limit from all directories of a gear, and says so once', () => {
    plant(temp(), { 'a/A': '1', 'a/B': '2', 'b/C': '3', 'b/D': '4', 'c/E': '5' })
    const environments = read(['a', 'b', 'c'], { ...LIMITS, maxFiles: 3 })
    expect(environments.flatMap((environment) => [...environment.keys()])).to.deep.equal(['A', 'B', 'C'])
    expect(problems.map(({ reason }) => reason)).to.deep.equal(['env-too-large'])
  })

  it('keeps no more bytes than the limit', () => {
    plant(temp(), { 'a/A': 'xxxx', 'a/B': 'xxxx', 'a/C': 'xxxx' })
    expect([...read(['a'], { ...LIMITS, maxBytes: 8 })[0]!.keys()]).to.deep.equal(['A', 'B'])
    expect(problems.map(({ reason }) => reason)).to.deep.equal(['env-too-large'])
  })

  it('does not list a directory without end', () => {
    plant(temp(), Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a/.x${index}`, ''])))
    read(['a'], { ...LIMITS, maxFiles: 5 })
    expect(problems.map(({ reason }) => reason)).to.deep.equal(['env-too-large'])
  })

  it('lets the links of the shared environment lead anywhere', () => {
    plant(temp(), { 'elsewhere/path': '/bin\n', 'conf/env/HOST': 'broker\n' })
    symlinkSync('../../elsewhere/path', join(temp(), 'conf/env/PATH'))
    const shared = readSystemEnvironment(join(temp(), 'conf/env'), { limits: LIMITS, report })
    expect([...shared]).to.deep.equal([
      ['HOST', 'broker'],
      ['PATH', '/bin'],
    ])
    expect(readSystemEnvironment(join(temp(), 'nothing'), { limits: LIMITS, report })).to.deep.equal(new Map())
    expect(problems).to.deep.equal([])
  })
})
