import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'

const HOOK = resolve('hooks/metrics')

describe('the sample action hook', () => {
  let gear: string
  beforeEach(() => {
    gear = mkdtempSync(join(tmpdir(), 'oo-hook-'))
    mkdirSync(join(gear, 'data'))
    mkdirSync(join(gear, 'repo'))
  })
  afterEach(() => rmSync(gear, { recursive: true }))

  const environment = (): NodeJS.ProcessEnv => ({
    PATH: '/usr/bin:/bin',
    OPENSHIFT_DATA_DIR: `${gear}/data/`,
    OPENSHIFT_REPO_DIR: `${gear}/repo/`,
  })
  const run = (): string => execFileSync(HOOK, { cwd: gear, env: environment(), encoding: 'utf8' })

  it('counts the files of the application', () => {
    expect(run()).to.equal('app.data.files=0\n')
    for (const name of ['a', 'b c']) writeFileSync(join(gear, 'data', name), '')
    expect(run()).to.equal('app.data.files=2\n')
  })

  it('tells the version as a label', () => {
    writeFileSync(join(gear, 'repo/VERSION'), '1.2.3-rc.1\n')
    expect(run()).to.equal('app.data.files=0\napp.info=1 label.version=1.2.3-rc.1\n')
  })

  it('prints no version that is none', () => {
    writeFileSync(join(gear, 'repo/VERSION'), '1 gear=other\n')
    const { stdout, stderr, status } = spawnSync(HOOK, { cwd: gear, env: environment(), encoding: 'utf8' })
    expect({ stdout, status }).to.deep.equal({ stdout: 'app.data.files=0\n', status: 0 })
    expect(stderr).to.match(/^VERSION is not a version/)
  })

  it('runs without the environment of a platform', () => {
    expect(execFileSync(HOOK, { cwd: gear, env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' })).to.equal(
      'app.data.files=0\n',
    )
  })
})
