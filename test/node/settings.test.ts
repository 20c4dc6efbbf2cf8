import { join } from 'node:path'
import { expect } from 'chai'
import { describeLoaded } from '../../src/config/describe.ts'
import { type Loaded, loadSettings } from '../../src/config/load.ts'
import { section } from '../../src/config/schema.ts'
import { ConfigError } from '../../src/errors.ts'
import { type GearSettings, gearsSchema } from '../../src/node/settings.ts'
import { useTempDir } from '../support/temp.ts'
import { plant } from './tree.ts'

const SCHEMA = section({ gears: gearsSchema })

describe('settings of gears', () => {
  const temp = useTempDir()
  const load = (nodeConf: string, yaml?: string): Loaded<{ gears: GearSettings }> => {
    plant(temp(), { 'node.conf': nodeConf, 'a.yml': yaml ?? '' })
    return loadSettings(SCHEMA, { file: join(temp(), 'a.yml'), confDir: temp() })
  }
  const gears = (nodeConf: string, yaml?: string): GearSettings => load(nodeConf, yaml).settings.gears
  const problems = (nodeConf: string, yaml?: string): string => {
    try {
      load(nodeConf, yaml)
    } catch (thrown) {
      if (thrown instanceof ConfigError) return thrown.message.replaceAll(`${temp()}/`, '')
      throw thrown
    }
    return 'good'
  }

  it('have the defaults of OpenShift', () => {
    expect(gears('')).to.deep.include({
      source: 'auto',
      baseDir: '/var/lib/openshift',
      gecos: ['OpenShift guest', 'OO application container'],
      minUid: 1000,
      cgroup: '/openshift',
      skip: ['stopped', 'idle', 'stop-lock', 'in-flux', 'frozen'],
    })
    expect(Object.entries(gears('').metadata)).to.deep.equal([
      ['appName', 'OPENSHIFT_APP_NAME'],
      ['gear', 'OPENSHIFT_GEAR_UUID'],
      ['app', 'OPENSHIFT_APP_UUID'],
      ['ns', 'OPENSHIFT_NAMESPACE'],
    ])
  })

  it('are read from node.conf', () => {
    const conf = 'GEAR_BASE_DIR="/srv/gears"\nGEAR_GECOS=guest\nGEAR_MIN_UID=500\nOPENSHIFT_CGROUP_ROOT=/pods\n'
    expect(gears(conf)).to.deep.include({ baseDir: '/srv/gears', gecos: ['guest'], minUid: 500, cgroup: '/pods' })
  })

  const refused: [conf: string, problem: string][] = [
    ['GEAR_BASE_DIR=gears', 'node.conf GEAR_BASE_DIR: gears.baseDir: expected text that matches /^\\//, got "gears"'],
    ['GEAR_GECOS=', 'node.conf: GEAR_GECOS: expected text that is not empty, got ""'],
    ['GEAR_MIN_UID=many', 'node.conf: GEAR_MIN_UID: expected a whole number, got "many"'],
    ['GEAR_MIN_UID=0', 'node.conf GEAR_MIN_UID: gears.minUid: expected at least 1, got 0'],
  ]
  for (const [conf, problem] of refused) {
    it(`refuse ${conf} in node.conf`, () => expect(problems(conf)).to.equal(problem))
  }

  it('take METRICS_METADATA as far as it is good, and warn of the rest', () => {
    const { settings, warnings } = load('METRICS_METADATA="app:A, zone:B,nonsense,t:API_TOKEN,"')
    expect(settings.gears.metadata).to.deep.equal({ app: 'A', zone: 'B' })
    expect(warnings.map((warning) => warning.split('METRICS_METADATA: ')[1])).to.deep.equal([
      '"nonsense" is not label:VARIABLE',
      'API_TOKEN looks like a secret',
    ])
  })

  it('take no labels from an empty METRICS_METADATA', () => {
    expect(gears('METRICS_METADATA=').metadata).to.deep.equal({})
  })

  const metadata: [yaml: string, expected: [string, string][]][] = [
    [
      '{zone: B, app: A}',
      [
        ['zone', 'B'],
        ['app', 'A'],
      ],
    ],
    [
      '"zone:B, app:A"',
      [
        ['zone', 'B'],
        ['app', 'A'],
      ],
    ],
    ['{}', []],
  ]
  for (const [yaml, expected] of metadata) {
    it(`take metadata ${yaml} in YAML, which beats node.conf`, () => {
      const settings = gears('METRICS_METADATA=x:Y', `gears: {metadata: ${yaml}}`)
      expect(Object.entries(settings.metadata)).to.deep.equal(expected)
    })
  }

  const wrong: [yaml: string, problem: string][] = [
    [
      '{metadata: {t: API_TOKEN}}',
      'gears.metadata: expected label: VARIABLE; API_TOKEN looks like a secret, got a map',
    ],
    [
      '{metadata: {cart: A}}',
      'gears.metadata: expected label: VARIABLE; label cart is written by the program itself, got a map',
    ],
    [
      '{metadata: "nonsense"}',
      'gears.metadata: expected label: VARIABLE; "nonsense" is not label:VARIABLE, got "nonsense"',
    ],
    [
      '{metadata: [a]}',
      'gears.metadata: expected a map of label: VARIABLE, or text label:VARIABLE,label:VARIABLE, got a list',
    ],
    ['{source: all}', 'gears.source: expected one of auto, passwd, directory, static, systemd, got "all"'],
    ['{skip: [sleeping]}', 'gears.skip.0: expected one of stopped, idle, stop-lock, in-flux, frozen, got "sleeping"'],
    ['{gecos: [""]}', 'gears.gecos.0: expected text that matches /./, got ""'],
    ['{minuid: 5}', 'gears.minuid: expected a known setting, got unknown key "minuid"'],
  ]
  for (const [yaml, problem] of wrong) {
    it(`refuse ${yaml}`, () => expect(problems('', `gears: ${yaml}`)).to.include(problem))
  }

  it('tell where metadata comes from', () => {
    const lines = describeLoaded(SCHEMA, load('METRICS_METADATA=x:Y'))
    expect(lines.find(({ path }) => path === 'gears.metadata')).to.deep.equal({
      path: 'gears.metadata',
      value: { x: 'Y' },
      origin: `${temp()}/node.conf METRICS_METADATA`,
    })
  })
})
