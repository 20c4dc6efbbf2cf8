import { expect } from 'chai'
import { createGearMemories } from '../../src/collectors/gear-memory.ts'
import { createScriptMeter } from '../../src/collectors/script-meter.ts'
import type { RoundReport } from '../../src/gather/round.ts'
import { createSelf } from '../../src/gather/self.ts'
import { Ledger } from '../../src/ledger.ts'
import { encodeFrames } from '../../src/message/frame.ts'
import type { Metric } from '../../src/metric.ts'
import { packageVersion } from '../../src/package-version.ts'
import { makeScript } from '../collectors/stage.ts'
import { ManualClock } from '../support/clock.ts'
import { makeGear } from '../support/gear.ts'

const report = (changes: Partial<RoundReport> = {}): RoundReport => ({
  startedMs: 1_700_000_000_000,
  durationMs: 1500,
  gears: ['a', 'b'],
  collectors: new Map([
    ['scripts', { durationMs: 2500, signals: 40 }],
    ['quota', { durationMs: 20, signals: 0 }],
  ]),
  broken: ['quota'],
  ...changes,
})

const makeSelf = () => {
  const clock = new ManualClock()
  const parts = { meter: createScriptMeter(), memories: createGearMemories(), ledger: new Ledger(), clock }
  const self = createSelf({ ...parts, relay: () => ({ messages: 3, bytes: 250, limitBytes: 1000 }) })
  const metrics = (changes: Partial<RoundReport> = {}): readonly Metric[] =>
    self.metrics(report(changes), { intervalMs: 60_000, nodeLabels: new Map([['node', 'n1']]) })
  return { ...parts, metrics }
}

/** `name{own labels}=value unit`, without the prefix. */
const brief = ({ name, value, unit = '', labels }: Metric): string => {
  const own = [...labels].filter(([label]) => label !== 'node').map(([label, text]) => `${label}=${text}`)
  return `${name.replace('oo.gather.', '')}${own.length > 0 ? `{${own.join(',')}}` : ''}=${value} ${unit}`.trim()
}

describe('gather/self', () => {
  it('tells of the round, of the budgets, of what waits, and of each collector', () => {
    const { metrics, meter, ledger } = makeSelf()
    meter.used('script_time', 0.9)
    meter.used('series', 1)
    ledger.received('rounds', '', 5)
    ledger.passed('rounds', '', 3)
    ledger.drop('rounds', '', 'skipped', 2)
    ledger.received('relay', 'a', 12)
    ledger.passed('relay', 'a', 10)
    ledger.drop('relay', 'a', 'buffer-full', 2)
    expect(metrics().map(brief)).to.deep.equal([
      'round.duration=1.5 s',
      'last_run.timestamp=1700000001.5 s',
      'gear.count=2 {gear}',
      'script.backed_off=0 {script}',
      `build.info{version=${packageVersion()}}=1`,
      'rounds{outcome=done}=3 {round}',
      'rounds{outcome=skipped}=2 {round}',
      'budget.round_time.utilization=0.025 1',
      'budget.script_time.utilization=0.9 1',
      'budget.series.utilization=1 1',
      'relay.waiting=3 {message}',
      'relay.buffer.usage=250 By',
      'relay.buffer.limit=1000 By',
      'relay.buffer.utilization=0.25 1',
      'relay.sent=10 {signal}',
      'relay.dropped{reason=buffer-full}=2 {signal}',
      'collector.duration{collector=scripts}=2.5 s',
      'collector.success{collector=scripts}=1',
      'collector.signals{collector=scripts}=40 {signal}',
      'collector.duration{collector=quota}=0.02 s',
      'collector.success{collector=quota}=0',
      'collector.signals{collector=quota}=0 {signal}',
      'pairs.read=0 {pair}',
      'pairs.sent=0 {pair}',
    ])
  })

  it('tells of the runs of each kind of script every result from the start', () => {
    const { metrics, meter } = makeSelf()
    meter.ran('hook', { outcome: 'succeeded', output: 'whole', durationMs: 250 })
    meter.ran('hook', { outcome: 'timed-out', output: 'whole', durationMs: 1000, leaked: true })
    const told = metrics()
      .filter(({ labels }) => labels.get('kind') === 'hook')
      .map(brief)
    expect(told).to.deep.equal([
      'script.time{kind=hook}=1.25 s',
      'script.leaks{kind=hook}=1 {run}',
      'script.duration.max{kind=hook}=1 s',
      'script.runs{kind=hook,outcome=succeeded}=1 {run}',
      'script.runs{kind=hook,outcome=failed}=0 {run}',
      'script.runs{kind=hook,outcome=timed-out}=1 {run}',
      'script.runs{kind=hook,outcome=not-started}=0 {run}',
      'script.runs{kind=hook,outcome=cut}=0 {run}',
      'script.runs{kind=hook,outcome=aborted}=0 {run}',
    ])
  })

  it('keeps pairs and whole lines apart: pairs read = sent + refused', () => {
    const { metrics, ledger } = makeSelf()
    ledger.received('scripts', 'a', 10)
    ledger.passed('scripts', 'a', 4)
    for (const [reason, count] of [
      ['not-a-number', 2],
      ['series-budget', 1],
      ['line-too-long', 2],
      ['output-cut', 1],
    ] as const)
      ledger.drop('scripts', 'a', reason, count)
    expect(metrics().slice(-6).map(brief)).to.deep.equal([
      'pairs.read=7 {pair}',
      'pairs.sent=4 {pair}',
      'pairs.refused{reason=not-a-number}=2 {pair}',
      'pairs.refused{reason=series-budget}=1 {pair}',
      'lines.dropped{reason=line-too-long}=2 {line}',
      'lines.dropped{reason=output-cut}=1 {line}',
    ])
  })

  it('counts since it was made, and measures levels when it is asked', async () => {
    const { metrics, clock } = makeSelf()
    const startMs = clock.now()
    metrics()
    await clock.advance(60_000)
    const told = metrics()
    for (const { kind, startMs: since, timeMs, collector, labels } of told) {
      expect(since).to.equal(kind === 'counter' ? startMs : undefined)
      expect(timeMs).to.equal(startMs + 60_000)
      expect(collector).to.equal('gather')
      expect(labels.get('node')).to.equal('n1')
    }
    const signals = told.find(({ name, labels }) => name.endsWith('signals') && labels.get('collector') === 'scripts')
    expect(signals).to.include({ kind: 'counter', value: 80 })
  })

  it('counts the scripts that are backed off', () => {
    const { metrics, memories } = makeSelf()
    const script = makeScript('/a')
    const gear = makeGear('a', { scripts: [script, makeScript('/b')] })
    memories.open(gear, 0).script(script).backoff = { failures: 3, rounds: 1, roundsLeft: 1 }
    expect(metrics().map(brief)).to.include('script.backed_off=1 {script}')
  })

  it('can all be written, each in a message of its labels', () => {
    const { metrics, meter } = makeSelf()
    meter.ran('hook', { outcome: 'succeeded', output: 'whole', durationMs: 250 })
    const { frames, dropped } = encodeFrames(metrics(), {
      format: 'rfc5424',
      hostname: 'n1',
      procId: '1',
      priority: 30,
      metadataKeys: [],
      maxFrameBytes: 8000,
      maxPairBytes: 1024,
    })
    expect([...dropped]).to.deep.equal([])
    expect(frames.reduce((sum, { count }) => sum + count, 0)).to.equal(metrics().length)
  })
})
