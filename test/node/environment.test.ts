import { join } from 'node:path'
import { expect } from 'chai'
import { createEnvReader } from '../../src/node/env-files.ts'
import {
  controlEnvironment,
  type EnvironmentParts,
  gearEnvironment,
  readEnvironment,
  withLogin,
} from '../../src/node/environment.ts'
import type { GearIdentity } from '../../src/node/gear.ts'
import { withTree } from '../../src/node/safe-files.ts'
import { useTempDir } from '../support/temp.ts'
import { gearSettings, plant, us } from './tree.ts'

const env = (variables: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> =>
  new Map(Object.entries(variables))
const parts = (changes: Partial<EnvironmentParts> = {}): EnvironmentParts => ({
  system: env({ PATH: '/bin:/usr/bin:/usr/sbin' }),
  gear: env(),
  folders: new Map(),
  published: [],
  user: env(),
  ...changes,
})
const HOME = '/var/lib/openshift/aa11'

describe('environment', () => {
  const temp = useTempDir()

  it('lets each step beat those before it', () => {
    const steps = ['system', 'gear', 'folder', 'published', 'named', 'primary', 'user'] as const
    // variable N is set by steps 0 to N, so that step N must win
    const upTo = (step: number): Record<string, string> =>
      Object.fromEntries(steps.slice(step).map((_, index) => [`V${step + index}`, steps[step]!]))
    const all = parts({
      system: env(upTo(0)),
      gear: env({ ...upTo(1), OPENSHIFT_PRIMARY_CARTRIDGE_DIR: `${HOME}/primary/` }),
      folders: new Map([
        ['a', env(upTo(2))],
        ['named', env(upTo(4))],
        ['primary', env(upTo(5))],
      ]),
      published: [env(upTo(3))],
      user: env({ V6: 'user', V7: 'user' }),
    })
    const merged = gearEnvironment(all, HOME, 'named')
    const winners = [0, 1, 2, 3, 4, 5].map((step) => merged.get(`V${step}`))
    expect(winners).to.deep.equal(steps.slice(0, 6))
    expect(merged.get('V6'), 'the platform defined it').to.equal('primary')
    expect(merged.get('V7')).to.equal('user')
  })

  it('lets a cartridge override the gear, but never a user variable override the platform', () => {
    const merged = gearEnvironment(
      parts({
        gear: env({ GEAR: 'gear', OPENSHIFT_APP_NAME: 'shop', OPENSHIFT_SECRET_TOKEN: 'old' }),
        folders: new Map([['php', env({ GEAR: 'php', PHP: 'php' })]]),
        user: env({
          OPENSHIFT_APP_NAME: 'forged',
          OPENSHIFT_SECRET_TOKEN: 'new',
          PHP: 'user',
          PATH: '/evil',
          MINE: '1',
        }),
      }),
      HOME,
    )
    expect(Object.fromEntries(merged)).to.deep.equal({
      GEAR: 'php',
      OPENSHIFT_APP_NAME: 'shop',
      OPENSHIFT_SECRET_TOKEN: 'new',
      PHP: 'user',
      MINE: '1',
      PATH: '/bin:/usr/bin:/usr/sbin',
    })
  })

  for (const name of [
    'PATH',
    'IFS',
    'USER',
    'SHELL',
    'HOSTNAME',
    'LOGNAME',
    'OPENSHIFT_PHP_IDENT',
    'OPENSHIFT_NAMESPACE',
  ]) {
    it(`does not let a user set ${name}, even where nothing else does`, () => {
      const merged = gearEnvironment(parts({ system: env(), user: env({ [name]: 'forged' }) }), HOME)
      expect(merged.get(name)).not.to.equal('forged')
    })
  }

  const elements = (suffix: string): EnvironmentParts =>
    parts({
      system: env({ PATH: '/bin', LD_LIBRARY_PATH: '/lib' }),
      gear: env({ OPENSHIFT_PRIMARY_CARTRIDGE_DIR: `${HOME}/ruby/` }),
      folders: new Map([
        ['mysql', env({ [`OPENSHIFT_MYSQL_${suffix}`]: 'b' })],
        ['php', env({ [`OPENSHIFT_PHP_${suffix}`]: 'c' })],
        ['ruby', env({ [`OPENSHIFT_RUBY_${suffix}`]: 'a' })],
      ]),
    })

  it('puts the element of the primary cartridge first in PATH, the system at the end', () => {
    expect(gearEnvironment(elements('PATH_ELEMENT'), HOME).get('PATH')).to.equal('a:b:c:/bin')
  })

  it('puts the element of the primary cartridge last in LD_LIBRARY_PATH, and keeps the two apart', () => {
    const merged = gearEnvironment(elements('LD_LIBRARY_PATH_ELEMENT'), HOME)
    expect(merged.get('LD_LIBRARY_PATH')).to.equal('b:c:a:/lib')
    expect(merged.get('PATH')).to.equal('/bin')
  })

  it('takes PATH from the platform, not from a cartridge, also without elements', () => {
    const folders = new Map([['php', env({ PATH: '/evil' })]])
    expect(gearEnvironment(parts({ folders }), HOME).get('PATH')).to.equal('/bin:/usr/bin:/usr/sbin')
    const gear = env({ PATH: '/usr/local/bin:/bin' })
    expect(gearEnvironment(parts({ folders, gear }), HOME).get('PATH')).to.equal('/usr/local/bin:/bin')
    expect(controlEnvironment(parts({ folders }), HOME, 'php').get('PATH')).to.equal('/bin:/usr/bin:/usr/sbin')
  })

  it('ignores a primary cartridge outside the home', () => {
    for (const directory of ['/etc/', '/var/lib/openshift/other/php/', 'php', `${HOME}/../bb22/php`]) {
      const gear = env({ OPENSHIFT_PRIMARY_CARTRIDGE_DIR: directory })
      const folders = new Map([
        ['a', env({ OPENSHIFT_A_PATH_ELEMENT: 'a' })],
        ['php', env({ OPENSHIFT_PHP_PATH_ELEMENT: 'p' })],
      ])
      expect(gearEnvironment(parts({ gear, folders }), HOME).get('PATH')).to.match(/^a:p:/)
    }
  })

  it("gives bin/control its own cartridge's variables over the primary's, and the user's over both", () => {
    const all = parts({
      gear: env({ OPENSHIFT_PRIMARY_CARTRIDGE_DIR: `${HOME}/php/` }),
      folders: new Map([
        ['mysql', env({ WHO: 'mysql', BOTH: 'mysql' })],
        ['php', env({ WHO: 'php', BOTH: 'php' })],
      ]),
      user: env({ BOTH: 'user' }),
    })
    expect(gearEnvironment(all, HOME, 'mysql').get('WHO')).to.equal('php')
    const control = controlEnvironment(all, HOME, 'mysql')
    expect([control.get('WHO'), control.get('BOTH')]).to.deep.equal(['mysql', 'user'])
  })

  it('adds what login sets only where nobody has set it', () => {
    const identity = { id: 'aa11', user: 'guest', home: HOME } as GearIdentity
    expect(Object.fromEntries(withLogin(env({ HOME: '/other' }), identity))).to.deep.equal({
      HOME: '/other',
      USER: 'guest',
      LOGNAME: 'guest',
      SHELL: '/bin/sh',
      PATH: '/bin:/usr/bin:/usr/sbin',
    })
    expect(withLogin(env(), { ...identity, user: 'x' }).get('HOME')).to.equal(HOME)
  })

  it('finds the directories of all steps in a home', () => {
    const home = plant(join(temp(), 'home'), {
      '.env/A': 'gear',
      '.env/mysql/B': 'published',
      '.env/user_vars/C': 'user',
      '.env/old_user_vars/C': 'never',
      'php/env/D': 'php',
      'not-a-cartridge/env/E': 'folder',
      '.hidden/env/F': 'never',
      'php/metadata/x': '',
    })
    const limits = gearSettings().environment
    const found = withTree(home, us, (tree) =>
      readEnvironment(tree, env(), createEnvReader(tree, { root: home, limits, report: () => expect.fail() })),
    )
    expect(found).to.deep.equal({
      system: env(),
      gear: env({ A: 'gear' }),
      user: env({ C: 'user' }),
      published: [env({ B: 'published' })],
      folders: new Map([
        ['not-a-cartridge', env({ E: 'folder' })],
        ['php', env({ D: 'php' })],
      ]),
    })
  })
})
