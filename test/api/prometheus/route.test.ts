import { expect } from 'chai'
import fc from 'fast-check'
import { prometheusRoute } from '../../../src/api/prometheus/route.ts'
import { createLatest, type Latest, latestSchema } from '../../../src/backends/latest/latest.ts'
import type { Metric } from '../../../src/metric.ts'
import { makeMetric, TIME_MS } from '../../backends/make-metric.ts'
import { ManualClock } from '../../support/clock.ts'

const never = new AbortController().signal
const SELF = '# HELP oo_bridge_x X.\n# TYPE oo_bridge_x gauge\noo_bridge_x 1\n'

describe('/metrics', () => {
  let latest: Latest
  beforeEach(() => {
    latest = createLatest(latestSchema.parse({}), new ManualClock(TIME_MS))
  })
  const get = (gear?: string): string => {
    const route = prometheusRoute(latest, (page) =>
      page.add({ name: 'oo_bridge_x', type: 'gauge', help: 'X.' }, new Map(), 1),
    )
    const { status, type, body } = route.answer({
      params: {},
      query: new Map(gear === undefined ? [] : [['gear', gear]]),
    })
    expect([status, type]).to.deep.equal([200, 'text/plain; version=0.0.4; charset=utf-8'])
    return body ?? ''
  }
  const write = async (...metrics: Metric[]): Promise<void> => void (await latest.write(metrics, never))

  it('shows figures about ourselves and nothing else when there is nothing', () => expect(get()).to.equal(SELF))

  it('takes help from the contract, and types from the kinds', async () => {
    const jobs = makeMetric({ name: 'jobs', kind: 'counter', value: 7, labels: { gear: 'g', cart: 'c' } })
    const declaration = { name: 'jobs', description: 'Jobs done.' }
    latest.takeContract({ type: 'contract', declaration, timeMs: TIME_MS, labels: jobs.labels })
    await write(jobs, makeMetric({ name: 'threads', labels: { gear: 'g', cart: 'c' } }))
    expect(get()).to.equal(
      `# HELP jobs_total Jobs done.\n# TYPE jobs_total counter\njobs_total{cart="c",gear="g"} 7\n${SELF}` +
        '# HELP threads Metric threads.\n# TYPE threads gauge\nthreads{cart="c",gear="g"} 5\n',
    )
  })

  it('shows one gear alone', async () => {
    await write(makeMetric({ labels: { gear: 'g1' } }), makeMetric({ labels: { gear: 'g2' } }))
    expect(get('g2')).to.equal(
      '# HELP thread_count Metric thread.count.\n# TYPE thread_count gauge\nthread_count{gear="g2"} 5\n',
    )
    expect(get('nobody')).to.equal('')
  })

  it('says how many it hides, and hides what was pushed rather than what was measured', async () => {
    const { collector: _, ...pushed } = makeMetric({ name: 'load', value: 999, labels: { node: 'n' } })
    await write(
      pushed,
      makeMetric({ name: 'load', value: 1, labels: { node: 'n' } }),
      makeMetric({ name: 'oo.bridge.x', labels: {} }),
    )
    const page = get()
    expect(page).to.include('load{node="n"} 1\n').and.to.include(SELF)
    expect(page).to.include('oo_bridge_exposition_hidden_series{reason="duplicate"} 2\n')
    expect(page).not.to.include('999')
  })

  it('is valid whatever names, labels, kinds and units there are', async () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 8 })
    const metric = fc.record({
      name: anyText,
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      kind: fc.constantFrom('gauge' as const, 'counter' as const, 'timer' as const),
      unit: fc.constantFrom('By', 's', '%', '1', 'x y'),
      labels: fc.array(fc.tuple(anyText, anyText), { maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(metric, { maxLength: 20 }), async (metrics) => {
        latest = createLatest(latestSchema.parse({}), new ManualClock(TIME_MS))
        await write(...metrics.map(({ labels, ...rest }) => ({ ...makeMetric(rest), labels: new Map(labels) })))
        expectValid(get())
      }),
    )
  })
})

const NAME = '[a-zA-Z_][a-zA-Z0-9_]*'
const LABEL = `${NAME}="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`
const SAMPLE = new RegExp(`^(${NAME})(\\{${LABEL}(?:,${LABEL})*\\})? -?[0-9.e+-]+$`)

/** Each family once, samples directly below their type, no series twice. */
const expectValid = (page: string): void => {
  expect(page).to.match(/\n$/)
  const types = new Set<string>()
  const series = new Set<string>()
  let family = ''
  for (const line of page.slice(0, -1).split('\n')) {
    if (line.startsWith('# HELP ')) continue
    if (line.startsWith('# TYPE ')) {
      family = line.split(' ')[2] ?? ''
      expect(types.has(family), line).to.equal(false)
      types.add(family)
      continue
    }
    const [, name, labels = ''] = SAMPLE.exec(line) ?? []
    expect(name, line).to.equal(family)
    expect(series.has(family + labels), line).to.equal(false)
    series.add(family + labels)
  }
}
