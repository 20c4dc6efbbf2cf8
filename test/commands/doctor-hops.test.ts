import { expect } from 'chai'
import { type BackendReport, judgeBackend, overdueBackend } from '../../src/commands/doctor/hops.ts'

const report: BackendReport = { name: 'graphs', target: 'udp:127.0.0.1:8125', isUp: true, waiting: 0 }

describe('commands/doctor/hops', () => {
  const cases: readonly (readonly [name: string, report: BackendReport, result: string | undefined])[] = [
    ['a backend that wrote this probe is good', { ...report, probe: 7 }, 'ok'],
    ['one that wrote another probe has not answered yet', { ...report, probe: 6 }, undefined],
    [
      'one that is down is broken, whatever it wrote before',
      { ...report, probe: 7, isUp: false, lastError: 'refused' },
      'broken',
    ],
  ]
  for (const [name, given, result] of cases) it(name, () => expect(judgeBackend(given, 7)?.result).to.equal(result))

  it('tells what a silent backend may lack', () => {
    expect(overdueBackend({ ...report, waiting: 3 })).to.include({ name: 'backend graphs', result: 'broken' })
    expect(overdueBackend(report).detail).to.match(/only/)
  })
})
