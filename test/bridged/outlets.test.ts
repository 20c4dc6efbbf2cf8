import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createLatest, latestSchema } from '../../src/backends/latest/latest.ts'
import { backendsSchema } from '../../src/backends/registry.ts'
import { bridgeSchema } from '../../src/bridge/settings.ts'
import { type OutletSettings, Outlets } from '../../src/bridged/outlets.ts'
import { systemClock } from '../../src/clock.ts'
import { Ledger } from '../../src/ledger.ts'
import { makeMetric } from '../backends/make-metric.ts'
import { useTempDir } from '../support/temp.ts'

describe('outlets', () => {
  const directory = useTempDir()
  const settings = (backends: Record<string, object>, bridge: object = {}): OutletSettings => ({
    backends: backendsSchema.parse(backends),
    bridge: bridgeSchema.parse({ batchDelayMs: 60_000, drainMs: 2000, ...bridge }),
  })
  const open = (given: OutletSettings): Outlets => {
    const latest = createLatest(latestSchema.parse({}), systemClock)
    return new Outlets(given, { ledger: new Ledger(), clock: systemClock, latest, onChange: () => {} })
  }
  const file = (name: string) => ({ kind: 'file', path: join(directory(), name) })
  const names = (outlets: Outlets): string[] => outlets.states.map(({ name }) => name)

  it('always have latest, which comes first and takes everything', async () => {
    const outlets = open(settings({}))
    expect(names(outlets)).to.deep.equal(['latest'])
    expect(outlets.all[0]?.fits(makeMetric({ labels: {} }))).to.equal(true)
    await outlets.close(0)
  })

  it('replace what changed, after it has written what waits, and nothing else', async () => {
    const outlets = open(settings({ same: file('same'), gone: file('gone'), moved: file('old') }))
    const pumpOf = (name: string) => outlets.all.find(({ pump }) => pump.backend.name === name)?.pump
    const same = pumpOf('same')
    for (const { pump } of outlets.all) pump.push(makeMetric())
    await outlets.change(settings({ same: file('same'), moved: file('new'), added: file('added') }))
    expect(names(outlets)).to.have.members(['latest', 'same', 'moved', 'added'])
    expect(pumpOf('same')).to.equal(same)
    expect(pumpOf('same')?.state.waiting).to.equal(1)
    for (const name of ['gone', 'old'])
      expect(readFileSync(join(directory(), name), 'utf8')).to.include('"thread.count"')
    await outlets.close(2000)
    expect(readFileSync(join(directory(), 'same'), 'utf8')).to.include('"thread.count"')
  })

  it('give each only what its patterns want', async () => {
    const outlets = open(settings({ log: { ...file('log'), only: { gear: 'aa*' } } }))
    const fits = outlets.all.at(-1)?.fits
    expect([fits?.(makeMetric()), fits?.(makeMetric({ labels: { gear: 'bb' } }))]).to.deep.equal([true, false])
    await outlets.close(0)
  })
})
