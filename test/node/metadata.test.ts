import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { GearIdentity, GearProblem } from '../../src/node/gear.ts'
import { labelsOf, metadataKeys, trustedVariables } from '../../src/node/metadata.ts'
import { withTree } from '../../src/node/safe-files.ts'
import { useTempDir } from '../support/temp.ts'
import { gearSettings, NOBODY, ourUid, plant, us } from './tree.ts'

const IDENTITY: GearIdentity = { id: 'aa11', source: 'passwd', ...us, home: '/h', labels: new Map(), scripts: [] }

describe('metadata', () => {
  const problems: GearProblem[] = []
  beforeEach(() => {
    problems.length = 0
  })
  const report = (problem: GearProblem): void => void problems.push(problem)
  const labels = (
    variables: Readonly<Record<string, string>>,
    { spec = gearSettings().metadata, identity = IDENTITY } = {},
  ): Record<string, string> =>
    Object.fromEntries(labelsOf(identity, { spec, nodeName: 'n1', trusted: (name) => variables[name], report }))

  it('gives the labels of attribution in the order of METRICS_METADATA', () => {
    const variables = {
      OPENSHIFT_APP_NAME: 'shop',
      OPENSHIFT_APP_UUID: 'app1',
      OPENSHIFT_GEAR_UUID: 'aa11',
      OPENSHIFT_NAMESPACE: 'acme',
    }
    expect(Object.entries(labels(variables))).to.deep.equal([
      ['appName', 'shop'],
      ['gear', 'aa11'],
      ['app', 'app1'],
      ['ns', 'acme'],
      ['node', 'n1'],
    ])
    expect(problems).to.deep.equal([])
    expect(metadataKeys(gearSettings())).to.deep.equal(['appName', 'gear', 'app', 'ns'])
  })

  const names: [dns: string, ns: string | undefined][] = [
    ['shop-acme.example.com', 'acme'],
    ['my-shop-acme.example.com', 'acme'],
    ['shop.example-x.com', undefined],
    ['', undefined],
  ]
  for (const [dns, ns] of names) {
    it(`cuts ${ns} from the name ${JSON.stringify(dns)} where the namespace is missing`, () => {
      expect(labels({ OPENSHIFT_GEAR_DNS: dns }).ns).to.equal(ns)
      expect(labels({ OPENSHIFT_GEAR_DNS: dns, OPENSHIFT_NAMESPACE: 'set' }).ns).to.equal('set')
    })
  }

  it('adds the labels that METRICS_METADATA names, and lets it say where app comes from', () => {
    const spec = { app: 'OPENSHIFT_APP_NAME', zone: 'ZONE', gear: 'ZONE' }
    expect(labels({ OPENSHIFT_APP_NAME: 'shop', ZONE: 'z1' }, { spec })).to.deep.equal({
      appName: 'shop',
      gear: 'aa11',
      app: 'shop',
      zone: 'z1',
      node: 'n1',
    })
  })

  it('believes its own id, not a variable', () => {
    expect(labels({ OPENSHIFT_GEAR_UUID: 'bb22' }).gear).to.equal('aa11')
    expect(problems).to.deep.equal([
      { reason: 'metadata-invalid', place: '/h/.env/OPENSHIFT_GEAR_UUID', expected: 'aa11', got: 'bb22' },
    ])
  })

  const values: [name: string, value: string, label: string | undefined, problems: number][] = [
    ['blanks, equals signs and quotes', 'a b="c"', 'a b="c"', 0],
    ['an empty value', '', undefined, 0],
    ['a forged second line', 'shop\ntype=metric gear=bb22', 'shop', 1],
    ['a control character at its start', '\x1b[31mred', undefined, 1],
    ['a line separator', 'a\u2028b', 'a', 1],
    ['256 bytes', 'x'.repeat(256), 'x'.repeat(256), 0],
    ['257 bytes', 'x'.repeat(257), 'x'.repeat(256), 1],
    ['a character across the limit', `${'x'.repeat(255)}é`, 'x'.repeat(255), 1],
  ]
  for (const [name, value, label, count] of values) {
    it(`cleans ${name}`, () => {
      expect(labels({ OPENSHIFT_APP_NAME: value }).appName).to.equal(label)
      expect(problems.map(({ reason }) => reason)).to.deep.equal(Array(count).fill('metadata-invalid'))
    })
  }

  it("lets the admin's labels win, but for the id and the node", () => {
    const identity = {
      ...IDENTITY,
      labels: new Map([
        ['app', 'web'],
        ['team', 'a'],
        ['gear', 'x'],
        ['node', 'x'],
      ]),
    }
    expect(labels({ OPENSHIFT_APP_UUID: 'app1' }, { identity })).to.deep.equal({
      app: 'web',
      gear: 'aa11',
      team: 'a',
      node: 'n1',
    })
  })

  describe('trusted variables', () => {
    const temp = useTempDir()
    const lookUp = (source: GearIdentity['source'], ...variables: string[]): (string | undefined)[] =>
      withTree(temp(), us, (tree) => {
        const system = new Map([['ZONE', 'z1']])
        const trusted = trustedVariables(tree, { identity: { ...IDENTITY, source, home: temp() }, system, report })
        return variables.map(trusted)
      })

    it('are never read where a gear can write', () => {
      plant(temp(), { 'php/env/A': 'forged', '.env/user_vars/B': 'forged', '.env/php/C': 'forged', '.env/D': '' })
      expect(lookUp('directory', 'A', 'B', 'C')).to.deep.equal([undefined, undefined, undefined])
    })

    it('come from .env of a directory source, whoever owns it, and from what all gears share', () => {
      plant(temp(), { '.env/A': 'mine\n' })
      expect(lookUp('directory', 'A', 'ZONE')).to.deep.equal(['mine', 'z1'])
      expect(problems).to.deep.equal([])
    })

    it('come from .env of a user only where root owns the file and the directory', function () {
      if (ourUid !== 0) this.skip() // only root can give files away
      plant(temp(), { '.env/A': 'root', '.env/B': 'tenant' })
      chownSync(join(temp(), '.env/B'), NOBODY, NOBODY)
      expect(lookUp('passwd', 'A', 'B')).to.deep.equal(['root', undefined])
      expect(problems.map(({ reason, got }) => [reason, got])).to.deep.equal([
        ['metadata-invalid', `owners 0 and ${NOBODY}`],
      ])
      chownSync(join(temp(), '.env'), NOBODY, NOBODY)
      expect(lookUp('passwd', 'A')).to.deep.equal([undefined])
    })

    it("are refused where the gear's user owns .env", () => {
      plant(temp(), { '.env/A': 'tenant' })
      if (ourUid === 0) for (const path of ['.env', '.env/A']) chownSync(join(temp(), path), NOBODY, NOBODY)
      expect(lookUp('passwd', 'A')).to.deep.equal([undefined])
      expect(problems.map(({ reason }) => reason)).to.deep.equal(['metadata-invalid'])
    })

    it('are not taken through links, be it of the file or of .env', () => {
      plant(temp(), { '.env/A': 'x', 'data/A': 'forged', 'data/B': 'forged' })
      symlinkSync('../data/B', join(temp(), '.env/B'))
      expect(lookUp('directory', 'A', 'B')).to.deep.equal(['x', undefined])
      const other = join(temp(), 'other')
      mkdirSync(other)
      chmodSync(other, 0o755)
      symlinkSync('../data', join(other, '.env'))
      const linked = withTree(other, us, (tree) =>
        trustedVariables(tree, {
          identity: { ...IDENTITY, source: 'directory', home: other },
          system: new Map(),
          report,
        })('A'),
      )
      expect(linked).to.equal(undefined)
    })
  })
})
