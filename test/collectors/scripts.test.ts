import { expect } from 'chai'
import { settle } from '../support/clock.ts'
import { makeGear } from '../support/gear.ts'
import { type Act, brief, eventsOf, factsOf, makeCollector, makeScript, metricsOf } from './stage.ts'

describe('collectors/scripts: order and limits', () => {
  const two = [makeScript('/metrics', { kind: 'hook' }), makeScript('/a'), makeScript('/b')]

  it('runs the scripts of a gear one after the other, the hook last', async () => {
    let release = (): void => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    const { collect, pathsRun } = makeCollector({ '/a': { until } })
    const done = collect([makeGear('aa11', { scripts: two })])
    await settle()
    expect(pathsRun()).to.deep.equal(['/a'])
    release()
    await done
    expect(pathsRun()).to.deep.equal(['/a', '/b', '/metrics'])
  })

  it('runs gears beside each other, no more at once than allowed, over several turns', async () => {
    let release = (): void => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    const { collect, ran } = makeCollector({ '/a': { until } })
    const gear = (uid: number) => makeGear(`g${uid}`, { uid, scripts: [makeScript('/a')] })
    const done = [collect([gear(1), gear(2)]), collect([gear(3)])]
    await settle()
    expect(ran.map((one) => one.gear)).to.deep.equal([1, 2])
    release()
    await Promise.all(done)
    expect(ran.map((one) => one.gear)).to.deep.equal([1, 2, 3])
  })

  it('leaves resting gears alone', async () => {
    const { collect, ran } = makeCollector()
    const signals = await collect([makeGear('aa11', { resting: 'stopped', scripts: two })])
    expect(ran).to.deep.equal([])
    expect(signals).to.deep.equal([])
  })

  it('gives each script its own limit, else the common one, and all the other limits', async () => {
    const { collect, ran } = makeCollector()
    await collect([makeGear('aa11', { scripts: [makeScript('/a', { timeoutMs: 1500 }), makeScript('/b')] })])
    expect(ran.map(({ options }) => options.limits.timeoutMs)).to.deep.equal([1500, 1000])
    expect(ran[0]!.options.limits).to.include({
      killDelayMs: 200,
      maxLineBytes: 2000,
      maxOutputBytes: 65_536,
      maxLines: 1000,
    })
  })

  it('gives a script no more than what is left to its gear; ended there, the gear gets the event and its turn is over', async () => {
    const slow: Act = { durationMs: 900 }
    const { collect, ran, pathsRun } = makeCollector(
      { '/a': slow, '/b': { outcome: 'timed-out', durationMs: 600, prints: ['half=1'] } },
      { gearTimeoutMs: 1500 },
    )
    const signals = await collect([makeGear('aa11', { scripts: two })])
    expect(ran[1]!.options.limits.timeoutMs).to.equal(600)
    expect(pathsRun()).to.deep.equal(['/a', '/b'])
    expect(brief(signals)).to.deep.equal(['half=1', 'gear-timed-out'])
    expect(factsOf(eventsOf(signals)[0]!)).to.deep.equal({ limit_ms: '1500', not_run: '1', script: '/b' })
  })

  it('tells both when a script used up its own limit and the last of its gear', async () => {
    const { collect } = makeCollector({ '/a': { outcome: 'timed-out', durationMs: 1200 } }, { gearTimeoutMs: 1100 })
    const signals = await collect([makeGear('aa11', { scripts: two })])
    expect(brief(signals)).to.deep.equal(['script-timed-out', 'gear-timed-out'])
    expect(factsOf(eventsOf(signals)[1]!)).to.include({ not_run: '2' })
  })

  it('says nothing of the limit of a gear when its last script ends', async () => {
    const { collect } = makeCollector({ '/a': { durationMs: 5000 } })
    expect(await collect([makeGear('aa11', { scripts: [makeScript('/a')] })])).to.deep.equal([])
  })

  it('begins nothing more after an abort, neither in a gear nor in one that waits, and lets what runs end', async () => {
    const abort = new AbortController()
    const { collect, ran } = makeCollector(
      { '/a': { prints: ['a=1'], until: settle().then(() => abort.abort()) } },
      { concurrency: 1 },
    )
    const signals = await collect(
      [makeGear('g1', { uid: 1, scripts: two }), makeGear('g2', { uid: 2, scripts: two })],
      abort.signal,
    )
    expect(ran.map(({ gear, path }) => [gear, path])).to.deep.equal([[1, '/a']])
    expect(ran[0]!.options.abort.aborted).to.equal(false)
    expect(brief(signals)).to.deep.equal(['a=1'])
  })

  it('runs a script with an interval only when that has passed', async () => {
    const { collect, ran, clock, pathsRun } = makeCollector()
    const gear = makeGear('aa11', { scripts: [makeScript('/a', { intervalMs: 300_000 }), makeScript('/b')] })
    for (let round = 0; round < 11; round += 1) {
      await collect([gear])
      // a turn is a little early or late now and then
      await clock.advance(round % 2 === 0 ? 59_990 : 60_010)
    }
    expect(pathsRun().filter((path) => path === '/b')).to.have.length(11)
    expect(ran.flatMap(({ path }, at) => (path === '/a' ? [at] : []))).to.have.length(3)
  })
})

describe('collectors/scripts: contracts', () => {
  const declaring = (unit: string) =>
    makeGear('aa11', { scripts: [makeScript('/a', { declarations: new Map([['heap', { name: 'heap', unit }]]) })] })

  it('are told when first seen, when they change, and now and then', async () => {
    const { collect, clock } = makeCollector()
    const told: number[] = []
    for (let round = 0; round < 20; round += 1) {
      if ((await collect([declaring(round < 15 ? 'By' : 'kBy')])).length > 0) told.push(round)
      await clock.advance(60_000)
    }
    expect(told).to.deep.equal([0, 10, 15])
  })

  it('carry the attribution of gear and cartridge', async () => {
    const { collect, clock } = makeCollector()
    expect(await collect([declaring('By')])).to.deep.equal([
      {
        type: 'contract',
        declaration: { name: 'heap', unit: 'By' },
        timeMs: clock.now(),
        labels: new Map([...makeGear('aa11').labels, ['cart', 'a']]),
      },
    ])
  })
})

describe('collectors/scripts: back-off', () => {
  const gear = makeGear('aa11', { scripts: [makeScript('/a'), makeScript('/b')] })

  it('leaves a script out that keeps failing, tells so, and lets the others go on', async () => {
    const { collect, clock, pathsRun } = makeCollector({
      '/a': { outcome: 'failed', exitCode: 3, stderrTail: 'why\n' },
    })
    const told: (readonly [number, string[]])[] = []
    for (let round = 1; round <= 12; round += 1) {
      const events = eventsOf(await collect([gear])).filter(({ reason }) => reason === 'script-backed-off')
      if (events.length > 0) told.push([round, events.map(({ details }) => details.get('rounds')!)])
      await clock.advance(60_000)
    }
    expect(pathsRun().filter((path) => path === '/b')).to.have.length(12)
    expect(pathsRun().filter((path) => path === '/a')).to.have.length(5)
    expect(told).to.deep.equal([
      [3, ['1']],
      [5, ['2']],
      [8, ['4']],
    ])
  })

  it('says in the event who and why', async () => {
    const { collect } = makeCollector(
      { '/a': { outcome: 'failed', exitCode: 3, stderrTail: 'first\nno such table\n' } },
      { backoff: { afterFailures: 1 } },
    )
    const event = eventsOf(await collect([gear])).at(-1)!
    expect(event.labels.get('cart')).to.equal('a')
    expect(event.message).to.equal('cartridge a: /a: 1 failure(s) in a row, left out for 1 round(s)')
    expect(factsOf(event)).to.deep.equal({
      failures: '1',
      rounds: '1',
      exit: '3',
      duration_ms: '5',
      stderr: 'no such table',
      script: '/a',
    })
  })

  const bad: readonly Act[] = [
    { outcome: 'failed', exitCode: 1 },
    { outcome: 'timed-out' },
    { outcome: 'not-started', notStarted: 'bad-interpreter' },
    { outcome: 'succeeded', output: 'cut-lines' },
  ]
  for (const act of bad) {
    it(`counts a run as bad that was ${act.output ?? act.outcome}`, async () => {
      const { collect, pathsRun } = makeCollector({ '/a': act }, { backoff: { afterFailures: 1 } })
      for (let round = 0; round < 2; round += 1) await collect([makeGear('aa11', { scripts: [makeScript('/a')] })])
      expect(pathsRun()).to.have.length(1)
    })
  }

  it('is over with one success', async () => {
    const acts: Record<string, Act> = { '/a': { outcome: 'failed', exitCode: 1 } }
    const { collect, pathsRun } = makeCollector(acts, { backoff: { afterFailures: 2 } })
    const one = [makeGear('aa11', { scripts: [makeScript('/a')] })]
    await collect(one)
    acts['/a'] = {}
    await collect(one)
    acts['/a'] = { outcome: 'failed', exitCode: 1 }
    for (let round = 0; round < 3; round += 1) await collect(one)
    expect(pathsRun()).to.have.length(4) // the one after two new failures is left out
  })

  it('does not blame a script that we could not start', async () => {
    const { collect, pathsRun } = makeCollector(
      { '/a': { outcome: 'not-started', notStarted: 'out-of-resources' } },
      { backoff: { afterFailures: 1 } },
    )
    for (let round = 0; round < 3; round += 1) await collect([makeGear('aa11', { scripts: [makeScript('/a')] })])
    expect(pathsRun()).to.have.length(3)
  })

  it('does not blame a script that the limit of its gear has ended', async () => {
    const { collect, pathsRun } = makeCollector(
      { '/a': { durationMs: 900 }, '/b': { outcome: 'timed-out', durationMs: 200 } },
      { gearTimeoutMs: 1000, backoff: { afterFailures: 1 } },
    )
    for (let round = 0; round < 3; round += 1) await collect([gear])
    expect(pathsRun()).to.deep.equal(['/a', '/b', '/a', '/b', '/a', '/b'])
  })
})

describe('collectors/scripts: figures of runs for their author', () => {
  const gear = makeGear('aa11', { scripts: [makeScript('/a'), makeScript('/m', { kind: 'hook' })] })

  it('follow each run, in one piece, labelled as what it printed', async () => {
    const { collect, emitted } = makeCollector(
      { '/a': { prints: ['a=1'], durationMs: 250 }, '/m': { outcome: 'failed', exitCode: 1, durationMs: 40 } },
      { tellsRuns: true },
    )
    await collect([gear])
    expect(emitted.map(brief)).to.deep.equal([
      ['a=1'],
      ['script.duration=0.25', 'script.success=1', 'script.backed_off=0'],
      ['script-failed'],
      ['script.duration=0.04', 'script.success=0', 'script.backed_off=0'],
    ])
    const [duration, success] = metricsOf(emitted[1]!)
    expect(duration).to.deep.include({ kind: 'gauge', unit: 's', collector: 'cartridge' })
    expect(success).not.to.have.property('unit')
    expect([...duration!.labels]).to.deep.equal([...gear.labels, ['cart', 'a']])
    expect(metricsOf(emitted[3]!)[0]).to.deep.include({ collector: 'hook', labels: gear.labels })
  })

  it('say in a round that is left out that it was', async () => {
    const { collect } = makeCollector(
      { '/a': { outcome: 'failed', exitCode: 1 } },
      { tellsRuns: true, backoff: { afterFailures: 1 } },
    )
    const one = [makeGear('aa11', { scripts: [makeScript('/a')] })]
    expect(brief(await collect(one)).at(-1)).to.equal('script.backed_off=1')
    expect(brief(await collect(one))).to.deep.equal(['script.backed_off=1'])
  })

  it('are left out where only lines are wanted', async () => {
    const { collect } = makeCollector({ '/a': { prints: ['a=1'] } })
    expect(brief(await collect([gear]))).to.deep.equal(['a=1'])
  })

  it('add up in the meter: runs, shares of the limits, and slots', async () => {
    const { collect, meter } = makeCollector({ '/a': { durationMs: 500 }, '/m': { durationMs: 250 } })
    await collect([gear])
    const { kinds, used } = meter.take()
    expect([...kinds.keys()]).to.deep.equal(['cartridge', 'hook'])
    expect(used.get('script_time')).to.equal(0.5)
    expect(used.get('gear_time')).to.equal(0.25)
    expect(used.get('slots')).to.equal(0.5)
    expect(used.get('series')).to.equal(0)
  })
})
