import { chmodSync, cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Cartridge, type CartridgeOptions, findCartridges } from '../../src/node/cartridges.ts'
import type { GearProblem } from '../../src/node/gear.ts'
import { rememberManifests } from '../../src/node/manifest-memory.ts'
import { withTree } from '../../src/node/safe-files.ts'
import { useTempDir } from '../support/temp.ts'
import { gearSettings, makeFixtureNode, ourUid, plant, SHOP, us } from './tree.ts'

const SCRIPT = '#!/bin/sh\n'

describe('cartridges', () => {
  const temp = useTempDir()
  const problems: GearProblem[] = []
  let home = ''
  beforeEach(() => {
    problems.length = 0
    home = makeFixtureNode(join(temp(), 'node')).home(SHOP)
  })
  const find = (changes: Partial<CartridgeOptions> = {}): readonly Cartridge[] =>
    withTree(home, us, (tree) =>
      findCartridges(tree, {
        home,
        uid: ourUid,
        needsIdent: true,
        parse: rememberManifests(gearSettings().manifest),
        maxManifestBytes: 65_536,
        report: (problem) => problems.push(problem),
        ...changes,
      }),
    )
  const told = (): [string, string][] => problems.map(({ reason, place }) => [reason, place.slice(home.length + 1)])

  it('are those with metrics, by folder, each with exactly one entry point', () => {
    expect(find().map(({ folder, path, args }) => [folder, path.slice(home.length + 1), args])).to.deep.equal([
      ['mock', 'mock/bin/metrics', []],
      ['php', 'php/bin/control', ['metrics']],
    ])
    expect(problems).to.deep.equal([])
  })

  it('are known by the name in the manifest and run in the folder that was found', () => {
    cpSync(join(home, 'php'), join(home, 'elsewhere'), { recursive: true })
    rmSync(join(home, 'php'), { recursive: true })
    const found = find().find(({ manifest }) => manifest.name === 'php')
    expect(found).to.include({ folder: 'elsewhere', path: join(home, 'elsewhere/bin/control') })
  })

  it('are no links, nothing hidden and nothing without a manifest', () => {
    for (const name of ['.php', '.env/php']) cpSync(join(home, 'php'), join(home, name), { recursive: true })
    rmSync(join(home, 'php/metadata'), { recursive: true })
    symlinkSync('mock', join(home, 'linked'))
    expect(find().map(({ folder }) => folder)).to.deep.equal(['mock'])
    expect(problems).to.deep.equal([])
  })

  const entries: [
    name: string,
    metrics: string | undefined,
    control: string | undefined,
    entry: string | undefined,
    reason?: string,
  ][] = [
    ['both', SCRIPT, SCRIPT, 'metrics'],
    ['bin/metrics alone', SCRIPT, undefined, 'metrics'],
    ['bin/control alone', undefined, SCRIPT, 'control'],
    ['a bin/metrics that is not executable beside bin/control', 'text', SCRIPT, 'control'],
    ['neither', undefined, undefined, undefined, 'script-missing'],
    ['a bin/control that is not executable', undefined, 'text', undefined, 'script-not-executable'],
    ['a bin/metrics that is not executable', 'text', undefined, undefined, 'script-not-executable'],
  ]
  for (const [name, metrics, control, entry, reason] of entries) {
    it(`run ${entry ? `bin/${entry}` : 'nothing'} with ${name}`, () => {
      for (const script of ['metrics', 'control']) rmSync(join(home, 'mock/bin', script))
      if (metrics) plant(home, { 'mock/bin/metrics': metrics })
      if (control) plant(home, { 'mock/bin/control': control })
      const mock = find().find(({ folder }) => folder === 'mock')
      expect(mock?.path).to.equal(entry && join(home, 'mock/bin', entry))
      expect(problems.map((problem) => problem.reason)).to.deep.equal(reason ? [reason] : [])
    })
  }

  it('without Metrics are never run, whatever lies in bin', () => {
    plant(home, { 'cron/bin/metrics': SCRIPT })
    expect(find().map(({ folder }) => folder)).not.to.include('cron')
  })

  it('do without a manifest that is broken, too large or no file; the others stay', () => {
    plant(home, { 'php/metadata/manifest.yml': 'Name: [' })
    writeFileSync(join(home, 'cron/metadata/manifest.yml'), `Name: cron\n#${'x'.repeat(65_536)}`)
    plant(home, { 'other/metadata/x': '' })
    symlinkSync('/etc/passwd', join(home, 'other/metadata/manifest.yml'))
    expect(find().map(({ folder }) => folder)).to.deep.equal(['mock'])
    expect(told()).to.deep.equal([
      ['manifest-unreadable', 'cron/metadata/manifest.yml'],
      ['manifest-unreadable', 'other/metadata/manifest.yml'],
      ['manifest-invalid', 'php/metadata/manifest.yml'],
    ])
  })

  it('without IDENT are a problem where the platform should have written one, and run all the same', () => {
    rmSync(join(home, 'php/env/OPENSHIFT_PHP_IDENT'))
    const version = (): string | undefined => find().find(({ folder }) => folder === 'php')?.manifest.version
    expect(version()).to.equal('5.4')
    expect(told()).to.deep.equal([['manifest-invalid', 'php/env']])
    problems.length = 0
    find({ needsIdent: false })
    expect(told()).to.deep.equal([])
  })

  it('take the active version from IDENT: here it switches metrics off', () => {
    plant(home, { 'php/env/OPENSHIFT_PHP_IDENT': 'acme:php:5.3:0.0.1\n' })
    expect(find().map(({ folder }) => folder)).to.deep.equal(['mock'])
  })

  it('of one name are one cartridge: the first folder', () => {
    cpSync(join(home, 'mock'), join(home, 'zmock'), { recursive: true, verbatimSymlinks: true })
    expect(find().map(({ folder }) => folder)).to.deep.equal(['mock', 'php'])
    expect(told()).to.deep.equal([['manifest-invalid', 'zmock/metadata/manifest.yml']])
  })

  it('have what the manifest declares, and options inside the bounds', () => {
    const php = find().find(({ folder }) => folder === 'php')!
    expect(php.manifest.declarations.get('requests.total')).to.include({ kind: 'counter', unit: '{request}' })
    expect(php.manifest).to.include({ intervalMs: 120_000, timeoutMs: 2000 })
  })

  it('are read anew when they change, also when size and time stay', () => {
    const parse = rememberManifests(gearSettings().manifest)
    expect(find({ parse })).to.have.lengthOf(2)
    plant(home, { 'mock/metadata/manifest.yml': 'Name: mock\n' })
    expect(find({ parse }).map(({ folder }) => folder)).to.deep.equal(['php'])
  })

  it('may be closed to us', () => {
    chmodSync(join(home, 'php/bin/control'), 0o100)
    expect(find().map(({ folder }) => folder)).to.include('php')
  })
})
