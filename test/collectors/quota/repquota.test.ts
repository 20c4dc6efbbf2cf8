import { expect } from 'chai'
import fc from 'fast-check'
import { parseRepquota, readRepquota } from '../../../src/collectors/quota/repquota.ts'
import type { RunTool, ToolRun } from '../../../src/collectors/quota/run-tool.ts'
import type { Usages } from '../../../src/collectors/quota/usage.ts'
import { makeGear } from '../../support/gear.ts'

/** `owner: KiB/limit files/limit`, 0 for no limit. */
const brief = (report: string): readonly string[] =>
  parseRepquota(report).rows.map(({ owner, usage: { bytes, files } }) => {
    const blocks = `${bytes.used / 1024}/${(bytes.limit ?? 0) / 1024}`
    return `${typeof owner} ${owner}: ${blocks} ${files?.used}/${files?.limit ?? 0}`
  })

const ROWS: readonly (readonly [string, string, string])[] = [
  ['a user', 'aa11 -- 2048 0 1048576 77 0 80000', 'string aa11: 2048/1048576 77/80000'],
  ['any spacing', '  aa11\t--   2048 0 1048576    77   0 80000  ', 'string aa11: 2048/1048576 77/80000'],
  ['both graces, as -p writes them', 'aa11 -- 2048 0 1048576 0 77 0 80000 0', 'string aa11: 2048/1048576 77/80000'],
  ['a grace of blocks', 'aa11 +- 3000 2000 1048576 6days 77 0 80000', 'string aa11: 3000/1048576 77/80000'],
  ['a grace of files', 'aa11 -+ 3000 0 1048576 77 50 80000 6days', 'string aa11: 3000/1048576 77/80000'],
  ['both graces', 'aa11 ++ 3000 2000 1048576 none 77 50 80000 23:59', 'string aa11: 3000/1048576 77/80000'],
  ['no limits', 'aa11 -- 2048 0 0 77 0 0', 'string aa11: 2048/0 77/0'],
  ['a name of digits', '5333648 -- 1 0 0 1 0 0', 'string 5333648: 1/0 1/0'],
  ['a uid without a name', '#1234 -- 1 0 0 1 0 0', 'number 1234: 1/0 1/0'],
]
const NO_ROWS: readonly (readonly [string, string])[] = [
  ['an empty line', ''],
  ['a title', '*** Report for user quotas on device /dev/sda1'],
  ['graces', 'Block grace time: 7days; Inode grace time: 7days'],
  ['a heading', 'User            used    soft    hard  grace    used  soft  hard  grace'],
  ['a rule', '----------------------------------------------------------------------'],
  ['a short rule', '-- --'],
]

describe('parseRepquota', () => {
  for (const [name, line, expected] of ROWS) {
    it(`reads ${name}`, () => {
      expect(brief(`${line}\n`)).to.deep.equal([expected])
      expect(parseRepquota(line)).not.to.have.property('fault')
    })
  }
  for (const [name, line] of NO_ROWS) {
    it(`takes ${name} for no user`, () => expect(parseRepquota(line).rows).to.deep.equal([]))
  }

  it('reads the others when a row is broken, and tells of the first that is', () => {
    const report =
      'aa11 -- 1 0 0 1 0\nbb22 -- 2 0 0 2 0 0\ncc33 -- x 0 0 2 0 0\ndd44 -- 1 2 3 4 5 6 7 8 9\nee55 ++ 1 2 3 4 5 x 7\n'
    expect(brief(report)).to.deep.equal(['string bb22: 2/0 2/0'])
    expect(parseRepquota(report).fault).to.equal('user aa11: expected 6 to 8 columns of numbers, got 1 0 0 1 0')
  })

  it('takes any text', () => {
    const word = fc.constantFrom('aa11', '#1', '--', '+-', '++', '1', 'x', '-1', '6days')
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    )
    fc.assert(
      fc.property(text, (report) => {
        for (const { usage } of parseRepquota(report).rows) expect(usage.bytes.used).to.be.at.least(0)
      }),
    )
  })
})

describe('readRepquota', () => {
  const gears = [
    makeGear('aa11', { uid: 55_001, user: 'aa11' }),
    makeGear('bb22', { uid: 55_002, user: 'webby' }),
    makeGear('1234', { uid: 55_003, user: '1234' }),
    makeGear('dd44', { uid: 1234 }),
    makeGear('ee55', { uid: 55_005 }),
  ]
  const read = (ran: ToolRun) => {
    const calls: (readonly [string, readonly string[]])[] = []
    const run: RunTool = async (file, args) => {
      calls.push([file, args])
      return ran
    }
    const report = readRepquota(gears, { device: '/dev/sda1', run, abort: new AbortController().signal })
    return { calls, report }
  }
  const ended = (stdout: string, exitCode = 0, stderr = ''): ToolRun => ({ status: 'ended', exitCode, stdout, stderr })
  const briefUsages = (usages: Usages) => [...usages].map(([{ id }, { bytes }]) => `${id} ${bytes.used / 1024}`)

  it('asks for the device once, and pairs users with gears by name, or by uid where that has none', async () => {
    const rows = ['webby', '1234', '#1234', 'bb22', 'ee55', 'root', '#9'].map(
      (name, at) => `${name} -- ${at + 1} 0 0 1 0 0`,
    )
    const { calls, report } = read(ended(rows.join('\n')))
    const answer = await report
    expect(calls).to.deep.equal([['repquota', ['-p', '/dev/sda1']]])
    if (answer.status !== 'read') return expect.fail(answer.why)
    expect(briefUsages(answer.usages)).to.deep.equal(['bb22 1', '1234 2', 'dd44 3', 'ee55 5'])
    expect(answer).to.include({ source: 'repquota of /dev/sda1' }).and.not.have.property('fault')
  })

  it('tells what is wrong in the report, and uses the rest', async () => {
    const answer = await read(ended('aa11 -- x\nwebby -- 1 0 0 1 0 0\n')).report
    if (answer.status !== 'read') return expect.fail(answer.why)
    expect(briefUsages(answer.usages)).to.deep.equal(['bb22 1'])
    expect(answer.fault).to.include('user aa11')
  })

  it('knows nothing when the tool fails, whatever it printed', async () => {
    expect(await read({ status: 'failed', why: 'repquota is not installed' }).report).to.deep.equal({
      status: 'none',
      why: 'repquota is not installed',
    })
    expect(await read(ended('aa11 -- 1 0 0 1 0 0', 2, 'first\nno quota\n')).report).to.deep.equal({
      status: 'none',
      why: 'repquota ended with status 2: no quota',
    })
  })
})
