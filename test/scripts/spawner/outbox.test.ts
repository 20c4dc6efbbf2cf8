import { expect } from 'chai'
import type { ScriptRun } from '../../../src/scripts/script-run.ts'
import { FRAME, frameReader } from '../../../src/scripts/spawner/frames.ts'
import { createOutbox } from '../../../src/scripts/spawner/outbox.ts'

const run: ScriptRun = {
  outcome: 'succeeded',
  exitCode: 0,
  startedMs: 1,
  durationMs: 2,
  stderrTail: '',
  output: 'whole',
  linesTooLong: 0,
  lineUnfinished: false,
}

const makeOutbox = () => {
  const writes: (readonly (readonly [number, number, string])[])[] = []
  let written: () => void = () => {}
  const outbox = createOutbox((bytes) => {
    const frames: (readonly [number, number, string])[] = []
    frameReader(({ kind, run, content }) => void frames.push([kind, run, content.toString()]))(bytes)
    writes.push(frames)
    written()
  })
  const nextWrite = (): Promise<void> =>
    new Promise((resolve) => {
      written = resolve
    })
  return { outbox, writes, nextWrite }
}

describe('scripts/spawner/outbox', () => {
  it('sends all of a short run in one write, lines first', () => {
    const { outbox, writes } = makeOutbox()
    outbox.line(3, Buffer.from('a=1'))
    outbox.line(3, Buffer.from(''))
    outbox.line(3, Buffer.from('b=2'))
    outbox.done(3, run)
    expect(writes).to.deep.equal([
      [
        [FRAME.lines, 3, 'a=1\n\nb=2\n'],
        [FRAME.done, 3, JSON.stringify(run)],
      ],
    ])
  })

  it('copies a line, whose bytes are used again', () => {
    const { outbox, writes } = makeOutbox()
    const bytes = Buffer.from('a=1')
    outbox.line(1, bytes)
    bytes.fill('x')
    outbox.done(1, run)
    expect(writes[0]![0]).to.deep.equal([FRAME.lines, 1, 'a=1\n'])
  })

  it('lets no line wait for the end of a long run', async () => {
    const { outbox, writes, nextWrite } = makeOutbox()
    outbox.line(1, Buffer.from('a=1'))
    outbox.line(2, Buffer.from('b=1'))
    await nextWrite()
    expect(writes).to.deep.equal([
      [
        [FRAME.lines, 1, 'a=1\n'],
        [FRAME.lines, 2, 'b=1\n'],
      ],
    ])
  })

  it('holds no more than some kilobytes', () => {
    const { outbox, writes } = makeOutbox()
    for (let at = 0; at < 10; at += 1) outbox.line(1, Buffer.alloc(2000, 'x'))
    expect(writes).to.have.length(1)
  })
})
