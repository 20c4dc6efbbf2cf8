import { chmodSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createScriptMemory, noteRun, takeTurn } from '../../src/collectors/script-memory.ts'
import type { Script } from '../../src/node/gear.ts'
import { useTempDir } from '../support/temp.ts'
import { backoff, makeScript, well } from './stage.ts'

const START_MS = 1_700_000_000_000
const failing = { ...well, outcome: 'failed', exitCode: 3 } as const

describe('collectors/script-memory', () => {
  describe('turns of a script with an interval', () => {
    const hourly = makeScript('/a', { intervalMs: 3_600_000 })

    it('come when it has passed, or nearly', () => {
      const memory = createScriptMemory()
      expect(takeTurn(memory, hourly, START_MS)).to.equal('due')
      memory.ranMs = START_MS
      expect(takeTurn(memory, hourly, START_MS + 3_594_000)).to.equal('not-due')
      expect(takeTurn(memory, hourly, START_MS + 3_595_000)).to.equal('due')
    })

    it('come again when it was due but did not run', () => {
      const memory = createScriptMemory()
      expect([1, 2].map((round) => takeTurn(memory, hourly, START_MS + round * 60_000))).to.deep.equal(['due', 'due'])
    })

    it('come at once when the clock was set back', () => {
      expect(takeTurn({ ...createScriptMemory(), ranMs: START_MS }, hourly, START_MS - 86_400_000)).to.equal('due')
    })
  })

  describe('a script that keeps failing', () => {
    const dir = useTempDir()
    const write = (text: string): Script => {
      writeFileSync(join(dir(), 'control'), text)
      return makeScript(join(dir(), 'control'))
    }
    const fail = (memory: ReturnType<typeof createScriptMemory>, script: Script, times = 1): boolean[] =>
      Array.from({ length: times }, () =>
        noteRun(memory, script, { run: failing, isToBlame: true, settings: backoff, nowMs: START_MS }),
      )

    it('is backed off, which is told when it begins and when it grows', () => {
      const memory = createScriptMemory()
      const script = write('exit 3')
      expect(fail(memory, script, 10)).to.deep.equal([
        ...[false, false],
        ...[true, true, true, true, true, true, true],
        false,
      ])
      expect(memory.backoff).to.deep.equal({ failures: 10, rounds: 60, roundsLeft: 60 })
    })

    it('gets its chance again when the rounds are over', () => {
      const memory = createScriptMemory()
      const script = write('exit 3')
      fail(memory, script, 4)
      expect([1, 2, 3].map(() => takeTurn(memory, script, START_MS))).to.deep.equal(['backed-off', 'backed-off', 'due'])
    })

    const changes: readonly (readonly [what: string, change: (script: Script) => Script])[] = [
      ['another size', () => write('exit 30')],
      [
        'another time',
        (script) => {
          utimesSync(script.path, 1000, 1000)
          return script
        },
      ],
      [
        'another inode',
        (script) => {
          const copy = `${script.path}.new`
          writeFileSync(copy, 'exit 3')
          utimesSync(copy, 500, 500)
          renameSync(copy, script.path)
          return script
        },
      ],
      [
        'another mode',
        (script) => {
          chmodSync(script.path, 0o700)
          return script
        },
      ],
      ['another interval in its manifest', (script) => ({ ...script, intervalMs: 1 })],
      ['another limit in its manifest', (script) => ({ ...script, timeoutMs: 2000 })],
      ['another declaration', (script) => ({ ...script, declarations: new Map([['a', { name: 'a' }]]) })],
    ]
    for (const [what, change] of changes) {
      it(`gets it at once with ${what}, and starts anew`, () => {
        const memory = createScriptMemory()
        const script = write('exit 3')
        utimesSync(script.path, 500, 500)
        fail(memory, script, 5)
        expect(takeTurn(memory, script, START_MS)).to.equal('backed-off')
        expect(takeTurn(memory, change(script), START_MS)).to.equal('due')
        expect(memory.backoff.failures).to.equal(0)
      })
    }

    it('is forgiven by one success', () => {
      const memory = createScriptMemory()
      const script = write('exit 3')
      fail(memory, script, 5)
      noteRun(memory, script, { run: well, isToBlame: true, settings: backoff, nowMs: START_MS })
      expect(memory.backoff).to.deep.equal({ failures: 0, rounds: 0, roundsLeft: 0 })
    })

    it('is not blamed for the limit of its gear, nor for our own end', () => {
      const memory = createScriptMemory()
      const script = write('exit 3')
      fail(memory, script, 2)
      const note = (run: typeof well, isToBlame: boolean) =>
        noteRun(memory, script, { run, isToBlame, settings: backoff, nowMs: START_MS })
      expect(note({ ...well, outcome: 'timed-out' }, false)).to.equal(false)
      expect(note({ ...well, outcome: 'aborted' }, true)).to.equal(false)
      expect(memory.backoff.failures).to.equal(2)
      expect(memory.last?.result).to.equal('aborted')
    })
  })

  it('keeps of the last run how it ended, and the end of its standard error', () => {
    const memory = createScriptMemory()
    const run = { ...failing, stderrTail: `${'x'.repeat(4000)}\nlast line\n`, durationMs: 12 }
    noteRun(memory, makeScript('/a'), { run, isToBlame: true, settings: backoff, nowMs: START_MS })
    const { stderr, ...last } = memory.last!
    expect(last).to.deep.equal({ result: 'failed', exitCode: 3, durationMs: 12, endedMs: START_MS })
    expect(stderr).to.have.length(1000)
    expect(stderr.endsWith('x\nlast line')).to.equal(true)
  })
})
