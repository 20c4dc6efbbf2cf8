import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { isRoot, manifestOf, writeGears } from '../support/node-tree.ts'
import { useTempDir } from '../support/temp.ts'

const run = promisify(execFile)
const UNIT = 'etc/systemd/oo-gather-metrics.service'

/** Stands for systemd, which does not run here: the same bounding set, no new privileges, the same umask. */
const sandboxOf = (unit: string): string[] => {
  const [, set = ''] = /^CapabilityBoundingSet=(.*)$/m.exec(unit) ?? []
  const capabilities = set.split(' ').map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`)
  return ['--no-new-privs', `--bounding-set=-all,${capabilities.join(',')}`]
}

describe('the unit of oo-gather-metrics', () => {
  const dir = useTempDir()

  it('has the capabilities that running scripts as their gears, and ending them, takes', async function () {
    if (!isRoot) this.skip() // only root has capabilities to give up
    this.timeout(30_000)
    const baseDir = join(dir(), 'gears')
    writeGears(baseDir, {
      aa11: {
        'a/metadata/manifest.yml': manifestOf('a', ' [uid]'),
        'a/bin/control': '#!/bin/sh\necho uid=$(id -u) caps=$((0x$(sed -n "s/^CapEff:\\t//p" /proc/self/status)))\n',
        'b/metadata/manifest.yml': manifestOf('b', ' [x]'),
        'b/bin/control': '#!/bin/sh\necho x=1\ntrap "" TERM\nsetsid sleep 20 &\nsleep 20\n',
      },
    })
    writeFileSync(join(dir(), 'g.yml'), JSON.stringify({ gears: { source: 'directory', baseDir } }))
    const sandbox = sandboxOf(readFileSync(UNIT, 'utf8'))
    const program = [
      process.execPath,
      'src/cli/oo-gather-metrics.ts',
      '--once',
      '--dry-run',
      '--config',
      join(dir(), 'g.yml'),
    ]
    const startedMs = performance.now()
    const { stdout, stderr } = await run('setpriv', [...sandbox, ...program], {
      env: { ...process.env, OPENSHIFT_CONF_DIR: dir() },
    })
    expect(stdout).to.match(/cart=a .* uid=5\d{4} caps=0$/m)
    expect(stdout).to.match(/cart=b .* x=1$/m)
    expect(stdout).to.match(/gear=aa11 .*process\.thread\.count=/)
    expect(stderr).to.match(/reason=script-timed-out/)
    expect(performance.now() - startedMs).to.be.below(10_000)
  })
})
