import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { useStage, ways } from './stage.ts'

/** Far below the 30 s that the fixtures would take, far above what a loaded machine needs. */
const SOON_MS = 4000
const short = { timeoutMs: 1000, killDelayMs: 100 }

for (const way of ways) {
  describe(`scripts/run ${way}: how a run ends`, () => {
    const stage = useStage({ way })

    it('hands over each line and tells success', async () => {
      const before = Date.now()
      const run = await stage().run('prints')
      expect(run).to.deep.include({
        outcome: 'succeeded',
        exitCode: 0,
        lines: ['type=metric jobs=5', 'idle=2 label.pool=web'],
        output: 'whole',
        stderrTail: '',
        linesTooLong: 0,
        lineUnfinished: false,
      })
      expect(run).not.to.have.any.keys('signal', 'notStarted')
      expect(run.startedMs).to.be.within(before, Date.now())
      expect(run.durationMs).to.be.within(0, SOON_MS)
    })

    it('keeps what a failing script printed, its status and its complaints', async () => {
      const run = await stage().run('fails-after-printing')
      expect(run).to.deep.include({
        outcome: 'failed',
        exitCode: 3,
        lines: ['jobs=5'],
        stderrTail: 'first complaint\ncannot reach the server\n',
      })
    })

    it('ends a script that hangs by SIGTERM', async () => {
      const run = await stage().run('hangs', { limits: { timeoutMs: 1000, killDelayMs: 10_000 } })
      expect(run).to.deep.include({ outcome: 'timed-out', signal: 'SIGTERM', lines: ['before=1'] })
      expect(run.durationMs).to.be.within(1000, SOON_MS)
    })

    it('ends a script that ignores SIGTERM by SIGKILL', async () => {
      const run = await stage().run('ignores-sigterm', { limits: short })
      expect(run).to.deep.include({ outcome: 'timed-out', lines: ['before=1'] })
      expect(run.durationMs).to.be.within(1100, SOON_MS)
    })

    it('lets a script speak between SIGTERM and SIGKILL', async () => {
      const run = await stage().run('hears-sigterm', { limits: { timeoutMs: 1000, killDelayMs: 10_000 } })
      expect(run).to.deep.include({ outcome: 'timed-out', exitCode: 0, lines: ['last=1'] })
      expect(run.durationMs).to.be.below(SOON_MS)
    })

    for (const name of ['leaves-child-on-stdout', 'leaves-quiet-child', 'writes-after-exit']) {
      it(`does not wait for a child in the background, and kills it: ${name}`, async () => {
        const run = await stage().run(name, { limits: { timeoutMs: 20_000 } })
        expect(run).to.deep.include({ outcome: 'succeeded', exitCode: 0, lines: ['parent=1'] })
        expect(run.durationMs).to.be.below(SOON_MS)
      })
    }

    it('survives a script that kills its process group', async () => {
      const run = await stage().run('kills-own-group')
      expect(run).to.deep.include({ outcome: 'failed', signal: 'SIGKILL', lines: ['before=1'] })
    })

    it('waits for a script that closed its pipes early, and tells its status', async () => {
      const run = await stage().run('closes-stdout-early')
      expect(run).to.deep.include({ outcome: 'failed', exitCode: 4, lines: ['before=1'] })
      expect(run.durationMs).to.be.at.least(200)
    })

    it('ends at once when it is aborted', async () => {
      const abort = new AbortController()
      const running = stage().run('hangs', { abort: abort.signal, limits: { timeoutMs: 20_000 } })
      setTimeout(() => abort.abort(), 200)
      const run = await running
      expect(run.outcome).to.equal('aborted')
      expect(run.durationMs).to.be.below(SOON_MS)
    })

    it('leaves nothing attached to the abort signal, which outlives it', async () => {
      const { signal } = new AbortController()
      await stage().run('prints', { abort: signal })
      expect(getEventListeners(signal, 'abort')).to.deep.equal([])
    })

    it('ends at once when it was aborted before it began', async () => {
      const run = await stage().run('ignores-sigterm', { abort: AbortSignal.abort(), limits: { timeoutMs: 20_000 } })
      expect(run.outcome).to.equal('aborted')
      expect(run.durationMs).to.be.below(SOON_MS)
    })
  })

  describe(`scripts/run ${way}: what left the process group`, () => {
    const stage = useStage({ way, mayLeave: way !== 'contained' })

    it('is not waited for; in a cgroup it is ended, else it counts as a leak', async () => {
      const run = await stage().run('leaves-session', { limits: { timeoutMs: 20_000 } })
      expect(run).to.deep.include({ outcome: 'succeeded', lines: ['parent=1'] })
      expect(run.durationMs).to.be.below(SOON_MS)
      // its pipe tells of it where no cgroup ends it
      expect(run.leaked).to.equal(way === 'contained' ? undefined : true)
    })
  })

  describe(`scripts/run ${way}: limits on output`, () => {
    const stage = useStage({ way })

    it('kills a script that prints without end, at the limit of bytes', async () => {
      const run = await stage().run('floods-stdout', { limits: { timeoutMs: 20_000, maxLines: 100_000 } })
      expect(run).to.deep.include({ outcome: 'failed', signal: 'SIGKILL', output: 'cut-bytes' })
      expect(run.lines).to.have.length(Math.floor(65_536 / 'jobs=1\n'.length))
      expect(new Set(run.lines)).to.deep.equal(new Set(['jobs=1']))
      expect(run.durationMs).to.be.below(SOON_MS)
    })

    it('kills it at the limit of lines, and hands over no more than those', async () => {
      const run = await stage().run('floods-stdout', { limits: { timeoutMs: 20_000, maxLines: 7 } })
      expect(run).to.deep.include({ outcome: 'failed', output: 'cut-lines', lines: Array(7).fill('jobs=1') })
    })

    it('takes exactly as many lines as are allowed', async () => {
      const run = await stage().run('prints', { limits: { maxLines: 2 } })
      expect(run).to.deep.include({ outcome: 'succeeded', output: 'whole' })
      expect(run.lines).to.have.length(2)
    })

    it('counts a last line without a newline among the lines', async () => {
      const run = await stage().run('half-a-line', { limits: { maxLines: 1 } })
      expect(run).to.deep.include({ outcome: 'succeeded', output: 'cut-lines', lines: ['whole=1'] })
    })

    it('kills a script that complains without end', async () => {
      const run = await stage().run('floods-stderr', { limits: { timeoutMs: 20_000 } })
      expect(run).to.deep.include({ outcome: 'failed', output: 'cut-bytes', lines: ['before=1'] })
      expect(Buffer.byteLength(run.stderrTail)).to.equal(4096)
      expect(run.durationMs).to.be.below(SOON_MS)
    })

    it('kills a script that prints one line without end', async () => {
      const run = await stage().run('endless-line', { limits: { timeoutMs: 20_000 } })
      expect(run).to.deep.include({
        outcome: 'failed',
        output: 'cut-bytes',
        lines: ['before=1'],
        linesTooLong: 1,
        lineUnfinished: false,
      })
    })

    it('drops a line that is too long, and only that', async () => {
      const run = await stage().run('long-line')
      expect(run).to.deep.include({ outcome: 'succeeded', lines: ['first=1', 'last=1'], linesTooLong: 1 })
    })

    it('takes a last line without a newline from a script that ended by itself', async () => {
      const run = await stage().run('half-a-line')
      expect(run).to.deep.include({ outcome: 'succeeded', lines: ['whole=1', 'half=2'], lineUnfinished: false })
    })

    for (const [name, outcome] of [
      ['torn-line', 'timed-out'],
      ['torn-by-itself', 'failed'],
    ] as const) {
      it(`never takes half a number from a script that was killed: ${name}`, async () => {
        const run = await stage().run(name, { limits: short })
        expect(run).to.deep.include({ outcome, lines: ['whole=1'], lineUnfinished: true })
      })
    }

    it('keeps the last 4 KiB of complaints without control characters or halves of letters', async () => {
      const { stderrTail } = await stage().run('long-stderr')
      expect(stderrTail).to.match(/complaint 999\n\ufffd\[31mdie letzte: ä\n$/)
      expect(stderrTail.length).to.be.within(4000, 4096)
    })
  })
}
