import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { cgroupSchema } from '../../../src/collectors/cgroup/settings.ts'
import { loadSettings } from '../../../src/config/load.ts'
import { section } from '../../../src/config/schema.ts'
import { useTempDir } from '../../support/temp.ts'

describe('cgroupSchema', () => {
  const directory = useTempDir()
  const readKeys = (text: string) => {
    writeFileSync(join(directory(), 'node.conf'), `CGROUPS_METRICS_KEYS="${text}"\n`)
    const schema = section({ cgroup: cgroupSchema })
    const { settings, warnings } = loadSettings(schema, { file: undefined, confDir: directory() })
    return { keys: settings.cgroup.classicKeys, warnings }
  }

  it('measures the normalised names and no classic ones unless it is told', () => {
    expect(cgroupSchema.parse(undefined)).to.deep.equal({ enabled: true, normalised: true, classicKeys: [] })
  })

  it('takes names of files, and all', () => {
    const classicKeys = ['cpu.stat', 'memory.memsw.usage_in_bytes', 'cpu.stat.local', 'hugetlb.2MB.current', 'all']
    expect(cgroupSchema.parse({ classicKeys }).classicKeys).to.deep.equal(classicKeys)
  })

  for (const key of [
    '',
    'tasks',
    '../passwd',
    'cpu/cpu.stat',
    '.stat',
    'cpu.',
    'cpu..stat',
    '$(reboot)',
    'cpu.stat;id',
  ]) {
    it(`refuses ${JSON.stringify(key)}`, () => {
      expect(() => cgroupSchema.parse({ classicKeys: [key] })).to.throw()
    })
  }

  it('reads CGROUPS_METRICS_KEYS as the original did, blanks and all', () => {
    expect(readKeys('cpu.stat, cpuacct.stat ,memory.usage_in_bytes,')).to.deep.equal({
      keys: ['cpu.stat', 'cpuacct.stat', 'memory.usage_in_bytes'],
      warnings: [],
    })
    expect(readKeys('')).to.deep.equal({ keys: [], warnings: [] })
  })

  it('leaves out, with a warning, what is no name of a file there', () => {
    const { keys, warnings } = readKeys('cpu.stat,`id`')
    expect(keys).to.deep.equal(['cpu.stat'])
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.include('"`id`" is no name of a cgroup file and is left out')
  })
})
