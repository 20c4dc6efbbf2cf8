import { expect } from 'chai'
import fc from 'fast-check'
import { sanitizeLabel, sanitizeName, toPrometheus } from '../../../src/api/prometheus/name.ts'
import { type MetricChanges, makeMetric } from '../../backends/make-metric.ts'

const cases: readonly [changes: MetricChanges, name: string, value: number][] = [
  [{ name: 'thread.count', value: 5 }, 'thread_count', 5],
  [{ name: 'thread.count', value: 5, unit: '{thread}' }, 'thread_count', 5],
  [{ name: 'jobs', kind: 'counter', value: 7 }, 'jobs_total', 7],
  [{ name: 'jobs_total', kind: 'counter', value: 7 }, 'jobs_total', 7],
  [{ name: 'jobs.total', kind: 'gauge', value: 7 }, 'jobs_total', 7],
  [{ name: 'cpu.time', kind: 'counter', unit: 'ms', value: 1500 }, 'cpu_time_seconds_total', 1.5],
  [{ name: 'uptime', unit: 's', value: 9 }, 'uptime_seconds', 9],
  [{ name: 'uptime_seconds', unit: 's', value: 9 }, 'uptime_seconds', 9],
  [{ name: 'latency_ms', unit: 'ms', kind: 'timer', value: 4 }, 'latency_seconds', 0.004],
  [{ name: 'gc.time', unit: 'us', value: 3 }, 'gc_time_seconds', 0.000003],
  [{ name: 'gc.time', unit: 'ns', value: 3_000_000_000 }, 'gc_time_seconds', 3],
  [{ name: 'age', unit: 'min', value: 2 }, 'age_seconds', 120],
  [{ name: 'heap.used', unit: 'By', value: 10 }, 'heap_used_bytes', 10],
  [{ name: 'memory.usage_in_bytes', unit: 'By', value: 10 }, 'memory_usage_in_bytes', 10],
  [{ name: 'heap_kb', unit: 'KiBy', value: 2 }, 'heap_bytes', 2048],
  [{ name: 'disk', unit: 'MBy', value: 3 }, 'disk_bytes', 3_000_000],
  [{ name: 'cpu.percent', unit: '%', value: 50 }, 'cpu_ratio', 0.5],
  [{ name: 'hit', unit: '1', value: 0.5 }, 'hit_ratio', 0.5],
  [{ name: 'hits', unit: '1', kind: 'counter', value: 5 }, 'hits_total', 5],
  [{ name: 'temperature', unit: 'Cel', value: -5 }, 'temperature_celsius', -5],
  [{ name: 'x', unit: 'furlong', value: 1 }, 'x', 1],
  [{ name: 'x', unit: '__proto__', value: 1 }, 'x', 1],
  [{ name: 'up', value: 0 }, 'oo_up', 0],
  [{ name: 'scrape.duration', unit: 's', value: 0 }, 'oo_scrape_duration_seconds', 0],
  [{ name: 'ALERTS', value: 1 }, 'oo_ALERTS', 1],
  [{ name: 'upper', value: 1 }, 'upper', 1],
]

const sanitized: readonly [text: string, name: string][] = [
  ['abc', 'abc'],
  ['123abc', '_123abc'],
  ['foo:bar', 'foo_bar'],
  ['cpu.total', 'cpu_total'],
  ['', '_'],
  ['_x', '_x'],
  ['größe', 'gr__e'],
]

describe('Prometheus names', () => {
  for (const [changes, name, value] of cases) {
    it(`calls ${changes.name} (${changes.kind ?? 'gauge'}, ${changes.unit ?? 'no unit'}) ${name}`, () => {
      expect(toPrometheus(makeMetric(changes))).to.deep.equal({ name, value })
    })
  }
  for (const [text, name] of sanitized)
    it(`makes ${JSON.stringify(text)} ${name}`, () => expect(sanitizeName(text)).to.equal(name))

  it('keeps labels out of what is reserved', () => {
    expect(['__name__', '___x', '_x', 'a.b', '9'].map(sanitizeLabel)).to.deep.equal([
      '_name__',
      '_x',
      '_x',
      'a_b',
      '_9',
    ])
  })

  it('always gives a legal name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sanitizeName(text)).to.match(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
        expect(sanitizeLabel(text)).to.match(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/)
      }),
    )
  })
})
