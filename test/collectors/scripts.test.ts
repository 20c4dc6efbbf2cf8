import { expect } from 'chai'
import { settle } from '../support/clock.ts'
import { makeGear } from '../support/gear.ts'
import { type Act, brief, eventsOf, factsOf, makeCollector, makeScript } from './stage.ts'

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

  it('begins nothing more after an abort, neither in a gear nor in one that waits', async () => {
    const abort = new AbortController()
    const { collect, ran } = makeCollector(
      { '/a': { outcome: 'aborted', until: settle().then(() => abort.abort()) } },
      { concurrency: 1 },
    )
    const signals = await collect(
      [makeGear('g1', { uid: 1, scripts: two }), makeGear('g2', { uid: 2, scripts: two })],
      abort.signal,
    )
    expect(ran.map(({ gear, path }) => [gear, path])).to.deep.equal([[1, '/a']])
    expect(signals).to.deep.equal([])
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
