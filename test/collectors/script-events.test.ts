import { expect } from 'chai'
import { makeGear } from '../support/gear.ts'
import { type Act, brief, eventsOf, factsOf, makeCollector, makeScript } from './stage.ts'

describe('collectors/script-events', () => {
  const cases: readonly (readonly [string, Act, string, Record<string, string>])[] = [
    [
      'status',
      { outcome: 'failed', exitCode: 3, durationMs: 12, stderrTail: 'first\nlast \u001b[31m\n\n' },
      'script-failed',
      { exit: '3', duration_ms: '12', stderr: 'last \\u001b[31m', script: '/a' },
    ],
    ['signal', { outcome: 'failed', signal: 'SIGSEGV' }, 'script-failed', { signal: 'SIGSEGV', duration_ms: '5' }],
    ['limit', { outcome: 'timed-out', signal: 'SIGKILL' }, 'script-timed-out', { signal: 'SIGKILL', script: '/a' }],
    [
      'start',
      { outcome: 'not-started', notStarted: 'bad-interpreter' },
      'script-not-started',
      { problem: 'bad-interpreter' },
    ],
    [
      'bytes',
      { outcome: 'failed', signal: 'SIGKILL', output: 'cut-bytes' },
      'script-output-cut',
      { problem: 'cut-bytes' },
    ],
    ['lines', { outcome: 'succeeded', output: 'cut-lines' }, 'script-output-cut', { problem: 'cut-lines' }],
  ]
  for (const [what, act, reason, facts] of cases) {
    it(`${reason} by ${what}: one event, its lines count, and the next script runs`, async () => {
      const { collect, pathsRun } = makeCollector({
        '/a': { exitCode: undefined, ...act, prints: ['before=1'] } as Act,
      })
      const signals = await collect([makeGear('aa11', { scripts: [makeScript('/a'), makeScript('/b')] })])
      expect(brief(signals)).to.deep.equal(['before=1', reason])
      expect(pathsRun()).to.deep.equal(['/a', '/b'])
      const [event] = eventsOf(signals)
      expect(factsOf(event!)).to.include(facts)
      expect([...event!.labels]).to.deep.equal([...makeGear('aa11').labels, ['cart', 'a']])
      expect(event!.message).to.include('cartridge a: /a: ')
    })
  }

  it('tells what could not be read in a gear once per reason, and runs its scripts', async () => {
    const problem = (reason: 'manifest-invalid' | 'script-missing', place: string) =>
      ({ reason, place, expected: 'a map', got: 'a list' }) as const
    const { collect, pathsRun } = makeCollector()
    const signals = await collect([
      makeGear('aa11', {
        scripts: [makeScript('/a')],
        problems: [
          problem('manifest-invalid', '/m1'),
          problem('script-missing', '/s'),
          problem('manifest-invalid', '/m2'),
        ],
      }),
    ])
    expect(
      eventsOf(signals).map(({ reason, message, details }) => [reason, message, details.get('count')]),
    ).to.deep.equal([
      ['gear-unreadable', 'manifest-invalid: /m1: expected a map, got a list', '2'],
      ['gear-unreadable', 'script-missing: /s: expected a map, got a list', '1'],
    ])
    expect(pathsRun()).to.deep.equal(['/a'])
  })
})
