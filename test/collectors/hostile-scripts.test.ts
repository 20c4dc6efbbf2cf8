import { expect } from 'chai'
import { systemClock } from '../../src/clock.ts'
import type { BudgetSettings } from '../../src/collectors/budget-settings.ts'
import { createGearMemories } from '../../src/collectors/gear-memory.ts'
import { createScriptMeter } from '../../src/collectors/script-meter.ts'
import { createScriptCollector } from '../../src/collectors/scripts.ts'
import { Ledger } from '../../src/ledger.ts'
import { attributionLabels } from '../../src/metric.ts'
import { createScriptRunner } from '../../src/scripts/run.ts'
import type { ScriptSettings } from '../../src/scripts/settings.ts'
import type { Signal } from '../../src/signal.ts'
import { gearUser, useStage } from '../scripts/stage.ts'
import { makeGear } from '../support/gear.ts'
import { backoff, brief, budgets, eventsOf, factsOf, metricsOf, settings } from './stage.ts'

/** Name of a fixture script, all that is emitted for it, and what the books say is dropped. */
const catalogue: readonly (readonly [string, readonly string[], Readonly<Record<string, number>>])[] = [
  ['prints', ['jobs=5', 'idle=2'], {}],
  ['no-shebang', ['shell=1', 'lines-refused'], { 'empty-value': 1 }],
  ['half-a-line', ['whole=1', 'half=2'], {}],
  ['fails-after-printing', ['jobs=5', 'script-failed'], {}],
  ['hangs', ['before=1', 'script-timed-out'], {}],
  ['ignores-sigterm', ['before=1', 'script-timed-out'], {}],
  ['torn-line', ['whole=1', 'script-timed-out', 'lines-refused'], { 'line-unfinished': 1 }],
  ['leaves-child-on-stdout', ['parent=1'], {}],
  ['writes-after-exit', ['parent=1'], {}],
  ['kills-own-group', ['before=1', 'script-failed'], {}],
  ['floods-stderr', ['before=1', 'script-output-cut'], { 'output-cut': 1 }],
  ['endless-line', ['before=1', 'script-output-cut', 'lines-refused'], { 'output-cut': 1, 'line-too-long': 1 }],
  ['long-line', ['first=1', 'last=1', 'lines-refused'], { 'line-too-long': 1 }],
  [
    'bad-numbers',
    ['f=12', 'lines-refused', 'lines-refused', 'lines-refused'],
    { 'not-finite': 2, 'not-a-number': 2, 'empty-value': 1 },
  ],
  ['not-executable', ['script-not-started'], {}],
  ['bad-interpreter', ['script-not-started'], {}],
]

describe('collectors/scripts: real scripts, good and hostile', () => {
  const stage = useStage()

  interface Changes {
    readonly scripts?: Partial<ScriptSettings>
    readonly budgets?: Partial<BudgetSettings>
    readonly rounds?: number
  }

  const collect = async (names: readonly string[], changes: Changes = {}) => {
    const ledger = new Ledger()
    const collector = createScriptCollector({
      scripts: { ...settings, timeoutMs: 2500, killDelayMs: 100, concurrency: 50, ...changes.scripts },
      budgets: { ...budgets, ...changes.budgets },
      backoff,
      memories: createGearMemories(),
      meter: createScriptMeter(),
      tellsRuns: false,
      run: createScriptRunner({ minUid: 1000 }),
      clock: systemClock,
      ledger,
      reserved: new Set(attributionLabels),
    })
    const emitted = new Map(names.map((name) => [name, [] as Signal[]]))
    const gears = names.map((name) => makeGear(name, { ...gearUser, scripts: [stage().script(name)] }))
    const note = (signals: readonly Signal[]): void => {
      for (const signal of signals) emitted.get(signal.labels.get('gear')!)!.push(signal)
    }
    for (let round = 0; round < (changes.rounds ?? 1); round += 1)
      await collector.collect(gears, note, new AbortController().signal)
    return { emitted, ledger }
  }
  const accountOf = (ledger: Ledger, name: string) => [...ledger.accounts()].find(({ gear }) => gear === name)?.account

  it('each gives what it should, beside all the others at once, and nobody is left', async () => {
    const names = catalogue.map(([name]) => name)
    const { emitted, ledger } = await collect(names)
    for (const [name, expected, dropped] of catalogue) {
      expect(brief(emitted.get(name)!), name).to.deep.equal(expected)
      expect(Object.fromEntries(accountOf(ledger, name)?.dropped ?? []), name).to.deep.equal(dropped)
    }
  })

  it('a forger speaks for nobody but itself', async () => {
    const { emitted, ledger } = await collect(['forges-attribution'])
    const metrics = emitted.get('forges-attribution')!.filter((signal) => signal.type === 'metric')
    expect(brief(metrics)).to.deep.equal(['real=1', 'real.too=2'])
    const own = [...makeGear('forges-attribution').labels, ['cart', 'mock']]
    expect([...metrics[0]!.labels]).to.deep.equal(own)
    expect([...metrics[1]!.labels]).to.deep.equal([...own, ['env', 'prod']])
    expect(accountOf(ledger, 'forges-attribution')!.dropped.get('reserved-key')).to.equal(9)
    expect(accountOf(ledger, 'forges-attribution')!.dropped.get('foreign-type')).to.equal(2)
  })

  it('noise reaches nobody: no control character, no terminal escape, no broken letter', async () => {
    const { emitted } = await collect(['binary-noise'])
    const signals = emitted.get('binary-noise')!
    expect(brief(signals.filter(({ type }) => type === 'metric'))).to.deep.equal(['red=1', 'good=1'])
    const texts = signals.flatMap((signal) =>
      signal.type === 'event' ? [signal.message, ...signal.details.values()] : [],
    )
    expect(texts.join('')).not.to.match(/\p{Cc}/u)
  })

  it('a flood is cut at the limit of lines, and what came before stands', async () => {
    const { emitted, ledger } = await collect(['floods-stdout'])
    const signals = emitted.get('floods-stdout')!
    expect(signals).to.have.length(1001)
    expect(signals.at(-1)).to.deep.include({ type: 'event', reason: 'script-output-cut' })
    expect(accountOf(ledger, 'floods-stdout')).to.deep.include({ in: 1001, out: 1000 })
  })

  describe('100,000 different names', () => {
    it('are cut at the limit of bytes, and of what came before as many series stand as one gear may have', async () => {
      const { emitted, ledger } = await collect(['many-names'])
      const account = accountOf(ledger, 'many-names')!
      expect(metricsOf(emitted.get('many-names')!)).to.have.length(1000)
      expect(eventsOf(emitted.get('many-names')!).map(({ reason }) => reason)).to.deep.equal([
        'script-output-cut',
        'budget-exceeded',
      ])
      expect([...account.dropped.keys()].toSorted()).to.deep.equal(['output-cut', 'series-budget'])
      expect(account.in).to.equal(account.out + account.dropped.get('series-budget')! + 1)
    })

    it('all of them read: two rounds give the same series, and every other name is counted', async () => {
      const { emitted, ledger } = await collect(['many-names'], {
        scripts: { maxOutputBytes: 2_000_000, timeoutMs: 10_000, gearTimeoutMs: 10_000 },
        budgets: { pairsPerRound: 20_000, bytesPerRound: 2_000_000 },
        rounds: 2,
      })
      const metrics = metricsOf(emitted.get('many-names')!)
      expect(metrics).to.have.length(2000)
      expect(new Set(metrics.map(({ name }) => name)).size).to.equal(1000)
      expect(accountOf(ledger, 'many-names')).to.deep.equal({
        in: 200_000,
        out: 2000,
        dropped: new Map([
          ['series-budget', 38_000],
          ['pairs-budget', 160_000],
        ]),
      })
      const [series, pairs] = eventsOf(emitted.get('many-names')!)
      expect(factsOf(series!)).to.deep.include({ count: '19000', limit: '1000', culprit: 'mock', sample: 'n1000' })
      expect(factsOf(pairs!)).to.deep.include({ count: '80000', limit: '20000', culprit: 'mock', sample: 'n20000' })
    })
  })
})
