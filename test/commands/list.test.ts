import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { list } from '../../src/commands/list.ts'
import { type ControlServer, openControl } from '../../src/control/server.ts'
import { silentLogger } from '../../src/logger.ts'
import { testContext } from '../support/context.ts'
import { manifestOf, writeGears } from '../support/node-tree.ts'
import { useTempDir } from '../support/temp.ts'

describe('oo-metrics list', () => {
  const dir = useTempDir()
  let daemon: ControlServer | undefined
  const at = (name: string): string => join(dir(), name)
  const script = () => at('gears/shop01/php/bin/control')

  beforeEach(() => {
    writeGears(at('gears'), {
      shop01: {
        'php/metadata/manifest.yml': manifestOf('php', ' [a]'),
        'php/bin/control': '#!/bin/sh\nexit 3\n',
      },
    })
    const settings = { gears: { source: 'directory', baseDir: at('gears') }, control: { socket: at('control.sock') } }
    writeFileSync(at('g.yml'), JSON.stringify(settings))
  })
  afterEach(async () => {
    await daemon?.close()
    daemon = undefined
  })

  const serve = async (scripts: unknown): Promise<void> => {
    const handlers = new Map([['scripts', () => scripts]])
    daemon = await openControl({ path: at('control.sock'), handlers, logger: silentLogger })
  }
  const run = async (json = false) => {
    const { context, out, err } = testContext({ config: at('g.yml'), json }, dir())
    expect(await list(context)).to.equal(0)
    return { out, err }
  }
  const state = (changes: object = {}) => ({
    gear: 'shop01',
    kind: 'cartridge',
    cart: 'php',
    path: script(),
    args: ['metrics'],
    failures: 4,
    roundsLeft: 2,
    dueMs: Date.UTC(2026, 10, 21, 5, 30),
    last: { result: 'failed', exitCode: 3, durationMs: 7, endedMs: 0, stderr: 'first\nno \u001b[31msuch table' },
    ...changes,
  })

  it('shows the gears where no daemon runs', async () => {
    const { out, err } = await run()
    expect(out).to.have.length(2)
    expect(out[1]).to.match(/^shop01 +directory +.* php +0$/)
    expect(err).to.deep.equal([])
  })

  it('shows who is backed off, why, until when, and the last of its standard error', async () => {
    await serve([state(), state({ gear: 'gone01' })])
    const { out, err } = await run()
    expect(out.slice(2)).to.deep.equal([
      '',
      'GEAR    SCRIPT  LAST RUN          FAILURES  LEFT OUT  NEXT RUN                  STDERR',
      'shop01  php     failed: status 3         4  2 rounds  2026-11-21T05:30:00.000Z  no \\u001b[31msuch table',
    ])
    expect(err).to.deep.equal([])
  })

  const lasts: readonly (readonly [last: object, told: string])[] = [
    [{ result: 'not-started', notStarted: 'bad-interpreter' }, 'not-started: bad-interpreter'],
    [{ result: 'failed', signal: 'SIGSEGV' }, 'failed: SIGSEGV'],
    [{ result: 'timed-out', signal: 'SIGTERM' }, 'timed-out: SIGTERM'],
    [{ result: 'cut' }, 'cut'],
  ]
  for (const [last, told] of lasts) {
    it(`describes the last run as ${told}`, async () => {
      await serve([
        state({ last: { durationMs: 7, endedMs: 0, stderr: '', ...last }, roundsLeft: 0, dueMs: undefined }),
      ])
      expect((await run()).out.at(-1)).to.match(new RegExp(`^shop01 +php +${told} +4$`))
    })
  }

  it('says nothing of scripts that are well', async () => {
    await serve([state({ failures: 0, roundsLeft: 0, last: { result: 'succeeded', stderr: '' } })])
    expect((await run()).out).to.have.length(2)
  })

  it('gives all of it as JSON', async () => {
    await serve([state()])
    const { gears } = JSON.parse((await run(true)).out.join('\n'))
    const { failures, roundsLeft, dueMs, last } = state()
    expect(gears[0].scripts[0]).to.deep.include({ path: script(), failures, roundsLeft, dueMs, last })
  })

  it('shows the gears all the same when the daemon answers nonsense or refuses', async () => {
    await serve([null, 7, { gear: 'shop01' }, { ...state(), args: 'x' }])
    expect(await run()).to.deep.equal({ out: (await run()).out.slice(0, 2), err: [] })
    await daemon!.close()
    daemon = await openControl({ path: at('control.sock'), handlers: new Map(), logger: silentLogger })
    const { out, err } = await run()
    expect(out).to.have.length(2)
    expect(err[0]).to.match(/^control socket .*: expected one of , got "scripts"$/)
  })
})
