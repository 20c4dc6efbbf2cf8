import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { closedDirectories, thisInstallation } from '../../../src/commands/setup/installation.ts'
import { UsageError } from '../../../src/errors.ts'

describe('the installation', () => {
  it('is named by absolute paths, of the running Node.js too', () => {
    const { commands, etc } = thisInstallation('/opt/node/bin/node', '/opt/oo/dist/cli')
    expect(commands['oo-metrics-bridge']).to.equal('/opt/node/bin/node /opt/oo/dist/cli/oo-metrics-bridge.ts')
    expect(etc).to.equal('/opt/oo/etc')
  })

  for (const path of ['/opt/my programs/cli', '/opt/100%/cli', '/opt/$HOME/cli', '/opt/"x"/cli']) {
    it(`cannot be written into a unit as ${path}`, () => {
      expect(() => thisInstallation('/usr/bin/node', path)).to.throw(UsageError, 'installation path')
    })
  }

  it('finds directories that the user of the bridge cannot enter', () => {
    const work = realpathSync(mkdtempSync(join(tmpdir(), 'oo-installation-')))
    try {
      chmodSync(work, 0o755)
      mkdirSync(join(work, 'private/bin'), { recursive: true })
      chmodSync(join(work, 'private'), 0o700)
      const closed = closedDirectories([join(work, 'private/bin/node'), join(work, 'x')])
      expect(closed.filter((path) => path.startsWith(work))).to.deep.equal([join(work, 'private')])
    } finally {
      rmSync(work, { recursive: true })
    }
  })
})
