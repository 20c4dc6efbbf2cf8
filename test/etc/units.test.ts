import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { renderTemplate } from '../../src/commands/setup/items.ts'
import { need } from '../services/packages.ts'

const UNITS = ['oo-gather-metrics', 'oo-metrics-bridge'] as const
const COMMANDS = { 'oo-gather-metrics': '/bin/true a.js', 'oo-metrics-bridge': '/bin/true b.js' }

const read = (unit: string): string => readFileSync(`etc/systemd/${unit}.service`, 'utf8')
const keysOf = (unit: string): Map<string, string> =>
  new Map([...read(unit).matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key!, value!]))

describe('the units that we ship', () => {
  for (const unit of UNITS) {
    it(`${unit} tells when it is ready and is watched`, () => {
      const keys = keysOf(unit)
      expect(Object.fromEntries(keys)).to.include({
        Type: 'notify',
        NotifyAccess: 'all',
        KillMode: 'mixed',
        Restart: 'on-failure',
      })
      expect(Number(keys.get('WatchdogSec'))).to.be.at.least(10)
    })

    it(`${unit} lets V8 compile`, () => expect(keysOf(unit).has('MemoryDenyWriteExecute')).to.equal(false))
  }

  it('are what systemd understands', async function () {
    this.timeout(300_000)
    const analyze = await need('systemd', 'systemd-analyze')
    // unpacked beside the system it misses its library
    if (!analyze.found || analyze.root !== '/') return this.skip()
    const directory = mkdtempSync(join(tmpdir(), 'oo-units-'))
    try {
      const files = UNITS.map((unit) => join(directory, `${unit}.service`))
      for (const [index, unit] of UNITS.entries()) writeFileSync(files[index]!, renderTemplate(read(unit), COMMANDS))
      const { stderr } = await promisify(execFile)(analyze.path, ['verify', '--man=no', ...files], { timeout: 60_000 })
      const ours = stderr
        .split('\n')
        .filter((line) => line.includes(directory) || UNITS.some((unit) => line.includes(unit)))
      expect(ours).to.deep.equal([])
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('make the directories that the rules and the settings name', () => {
    const rules = readFileSync('etc/rsyslog.d/60-oo-metrics.conf', 'utf8')
    const [, , path] = readFileSync('etc/tmpfiles.d/oo-metrics.conf', 'utf8').match(/^(d) (\S+) 0700 root root/m)!
    expect(rules).to.include(`path="${path}/syslog.sock"`)
    // a RuntimeDirectory of the gatherer would vanish with it, and rsyslogd's socket too
    expect(keysOf('oo-gather-metrics').has('RuntimeDirectory')).to.equal(false)
  })

  it('run the bridge as the user that sysusers makes', () => {
    const user = keysOf('oo-metrics-bridge').get('User')
    expect(readFileSync('etc/sysusers.d/oo-metrics.conf', 'utf8')).to.match(new RegExp(`^u ${user} `, 'm'))
  })
})
