import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadSettings } from '../../src/config/load.ts'
import { section } from '../../src/config/schema.ts'
import { concurrencyOf, scriptsSchema } from '../../src/scripts/settings.ts'
import { useTempDir } from '../support/temp.ts'

describe('scripts/settings', () => {
  const directory = useTempDir()
  const schema = section({ scripts: scriptsSchema })
  const read = (nodeConf: string) => {
    writeFileSync(join(directory(), 'node.conf'), nodeConf)
    return loadSettings(schema, { file: undefined, confDir: directory() }).settings.scripts
  }

  it('has the limits of the original where nothing is set', () => {
    expect(read('')).to.deep.include({ timeoutMs: 1000, gearTimeoutMs: 3000, maxLineBytes: 2000 })
  })

  for (const [text, ms] of [
    ['1', 1000],
    ['1.5', 1500],
    ['.25', 250],
    ['2.', 2000],
    ['1e-2', 10],
    ['"0.5"  # half', 500],
    ['3600', 3_600_000],
  ] as const) {
    it(`reads METRICS_PER_SCRIPT_TIMEOUT=${text} as ${ms} ms`, () => {
      expect(read(`METRICS_PER_SCRIPT_TIMEOUT=${text}`).timeoutMs).to.equal(ms)
      expect(read(`METRICS_PER_GEAR_TIMEOUT=${text}`).gearTimeoutMs).to.equal(ms)
    })
  }

  for (const text of ['0', '0.0', '', 'none', '-1', '1s', '0x10', 'Infinity', 'NaN', '0.0001', '3601', '1e9']) {
    it(`refuses METRICS_PER_SCRIPT_TIMEOUT=${text}, which was no limit at all or makes no sense`, () => {
      expect(() => read(`METRICS_PER_SCRIPT_TIMEOUT=${text}`)).to.throw(
        /METRICS_PER_SCRIPT_TIMEOUT: expected seconds above 0/,
      )
    })
  }

  it('reads METRICS_MAX_LINE_LENGTH', () => {
    expect(read('METRICS_MAX_LINE_LENGTH=500').maxLineBytes).to.equal(500)
    expect(() => read('METRICS_MAX_LINE_LENGTH=long')).to.throw(/expected a whole number of bytes/)
    expect(() => read('METRICS_MAX_LINE_LENGTH=0')).to.throw(/at least 1/)
  })

  it('takes a path below the root of the cgroup hierarchy, or none, and nothing that leads out of it', () => {
    const cgroupOf = (cgroup: string): string => scriptsSchema.parse({ cgroup }).cgroup
    for (const path of ['', '/a', '/a/b.slice/..c']) expect(cgroupOf(path)).to.equal(path)
    for (const path of ['a', '/', '/a/', '/..', '/a/../b', '/a//b', '/./a'])
      expect(() => cgroupOf(path), path).to.throw()
  })

  it('runs as many scripts at once as it is told, else at least 4', () => {
    expect(concurrencyOf({ concurrency: 1 })).to.equal(1)
    expect(concurrencyOf({ concurrency: 0 })).to.be.at.least(4)
  })
})
