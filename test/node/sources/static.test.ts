import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describeProblem } from '../../../src/errors.ts'
import type { GearIdentity } from '../../../src/node/gear.ts'
import { parsePasswd } from '../../../src/node/passwd.ts'
import { staticSource } from '../../../src/node/sources/static.ts'
import type { Units } from '../../../src/node/units.ts'
import { useTempDir } from '../../support/temp.ts'
import { plant } from '../tree.ts'

const USERS = parsePasswd('www-data:x:33:34::/var/www:/bin/sh\n1001:x:2002:2003::/home/x:/bin/sh\n')
const RUNNING: Units = {
  units: [{ name: 'app@1.service', cgroup: '/system.slice/system-app.slice/app@1.service' }],
  ownerOf: () => ({ uid: 1500, gid: 1501 }),
}

describe('source static', () => {
  const temp = useTempDir()
  const list = async (files: Record<string, string>, findUnits: () => Units | undefined = () => RUNNING) => {
    plant(temp(), files)
    const { gears, problems } = await staticSource(temp(), { passwd: () => USERS, findUnits }).list()
    return { gears, problems: problems.map(({ reason, ...problem }) => `${reason} ${describeProblem(problem)}`) }
  }
  const one = async (text: string): Promise<GearIdentity> => {
    const { gears, problems } = await list({ 'a.yml': text })
    expect(problems).to.deep.equal([])
    expect(gears).to.have.lengthOf(1)
    return gears[0]!
  }

  it('makes a service a gear with six lines', async () => {
    const gear = await one(`id: web
unit: nginx.service
user: www-data
scripts:
  - /usr/local/lib/web-metrics
labels: {app: web}
`)
    expect(gear).to.deep.equal({
      id: 'web',
      source: 'static',
      user: 'www-data',
      uid: 33,
      gid: 34,
      cgroup: '/system.slice/nginx.service',
      labels: new Map([['app', 'web']]),
      scripts: [
        {
          kind: 'hook',
          path: '/usr/local/lib/web-metrics',
          args: [],
          cwd: '/',
          environment: new Map(),
          declarations: new Map(),
        },
      ],
    })
  })

  it('takes scripts as paths, with arguments and a name, or as the one of metrics', async () => {
    const gear = await one(`{id: web, uid: 1200, home: /srv/web/, metrics: /a,
      scripts: [/b, {path: /c, args: [x, "y z"], cart: c}]}`)
    expect(gear).to.include({ home: '/srv/web', uid: 1200, gid: 1200 })
    expect(gear.scripts.map(({ kind, cart, path, args, cwd }) => [kind, cart, path, args, cwd])).to.deep.equal([
      ['hook', undefined, '/a', [], '/srv/web'],
      ['hook', undefined, '/b', [], '/srv/web'],
      ['cartridge', 'c', '/c', ['x', 'y z'], '/srv/web'],
    ])
  })

  it('finds cgroup and user of a unit that runs', async () => {
    const gear = await one('{id: web, unit: app@1}')
    expect(gear).to.include({ uid: 1500, gid: 1501, cgroup: '/system.slice/system-app.slice/app@1.service' })
  })

  it('leaves out, without a word, a unit that does not run when only it could tell the user', async () => {
    expect(await list({ 'a.yml': '{id: web, unit: nginx}' }, () => undefined)).to.deep.equal({
      gears: [],
      problems: [],
    })
  })

  const owners: [text: string, user: string | undefined, uid: number, gid: number][] = [
    ['user: "1001"', '1001', 2002, 2003],
    ['uid: 1001', undefined, 1001, 1001],
    ['uid: 33', 'www-data', 33, 34],
    ['user: www-data, gid: 7', 'www-data', 33, 7],
  ]
  for (const [text, user, uid, gid] of owners) {
    it(`understands ${text} as uid ${uid}`, async () => {
      const gear = await one(`{id: a, ${text}}`)
      expect([gear.user, gear.uid, gear.gid]).to.deep.equal([user, uid, gid])
    })
  }

  it('takes a list of gears, and several files in the order of their names', async () => {
    const { gears } = await list({
      'b.yaml': '{id: c, uid: 1003}',
      'a.yml': '[{id: a, uid: 1001}, {id: b, uid: 1002}]',
    })
    expect(gears.map(({ id }) => id)).to.deep.equal(['a', 'b', 'c'])
  })

  it('passes over other files, and files that say nothing', async () => {
    const files = { 'a.yml': '# nothing\n', '.b.yml': 'x', 'c.yml.sample': 'x', 'd.yml~': 'x' }
    expect(await list(files)).to.deep.equal({ gears: [], problems: [] })
  })

  it('is empty without a directory', async () => {
    const source = staticSource(join(temp(), 'nothing'), { passwd: () => USERS, findUnits: () => undefined })
    expect(await source.list()).to.deep.equal({ gears: [], problems: [] })
  })

  const wrong: [entry: string, problem: string | RegExp][] = [
    ['{uid: 1001}', 'id: expected a string, got nothing'],
    ['{id: "a b", uid: 1001}', /: id: expected text that matches .*, got "a b"/],
    ['{id: a}', 'user: expected user, uid or unit, got none of them'],
    ['{id: a, user: www-data, uid: 5}', 'user: expected either user or uid, got both'],
    ['{id: a, user: nobody-here}', 'user: expected a user of this node, got nobody-here'],
    ['{id: a, uid: -1}', 'uid: expected at least 0, got -1'],
    ['{id: a, uid: 4294967295}', 'uid: expected at most 4294967294, got 4294967295'],
    ['{id: a, uid: 1.5}', 'uid: expected a whole number, got 1.5'],
    ['{id: a, uid: 1001, home: srv}', /: home: expected text that matches .*, got "srv"/],
    ['{id: a, uid: 1001, scripts: /x}', 'scripts: expected a list, got "/x"'],
    ['{id: a, uid: 1001, scripts: [x]}', /: scripts\.0: expected text that matches .*, got "x"/],
    [
      '{id: a, uid: 1001, scripts: [5]}',
      'scripts.0: expected an absolute path, or a map of path, args and cart, got 5',
    ],
    ['{id: a, uid: 1001, labels: {gear: b}}', 'labels: expected names of labels that are not our own, got gear'],
    ['{id: a, uid: 1001, labels: {node: b}}', 'labels: expected names of labels that are not our own, got node'],
    ['{id: a, uid: 1001, labels: {cart: b}}', 'labels: expected names of labels that are not our own, got cart'],
    ['{id: a, uid: 1001, labels: {x: "a\\nb"}}', /: labels\.x: expected text that matches/],
    ['{id: a, uid: 1001, script: /x}', 'script: expected a known setting, got unknown key "script"'],
    ['just text', 'expected a map, got "just text"'],
  ]
  for (const [entry, problem] of wrong) {
    it(`refuses ${entry}, and only that`, async () => {
      const { gears, problems } = await list({ 'a.yml': `- ${entry}\n- {id: good, uid: 1001}\n` })
      expect(gears.map(({ id }) => id)).to.deep.equal(['good'])
      expect(problems).to.have.lengthOf(1)
      if (typeof problem === 'string') expect(problems[0]).to.equal(`static-invalid ${temp()}/a.yml: [0]: ${problem}`)
      else expect(problems[0]).to.match(problem)
    })
  }

  it('tells all that is wrong in one go', async () => {
    const { problems } = await list({ 'a.yml': '{id: a, uid: x, home: y, z: 1}' })
    expect(problems).to.have.lengthOf(3)
  })

  it('loses a broken file, and only that', async () => {
    mkdirSync(join(temp(), 'c.yml'))
    const { gears, problems } = await list({
      'a.yml': '{id: a',
      'b.yml': '{id: b, uid: 1001}',
      'd.yml': `#${'x'.repeat(1_048_576)}`,
    })
    expect(gears.map(({ id }) => id)).to.deep.equal(['b'])
    expect(problems.map((problem) => problem.split(':')[0])).to.deep.equal([
      `static-invalid ${temp()}/a.yml`,
      `static-invalid ${temp()}/c.yml`,
      `static-invalid ${temp()}/d.yml`,
    ])
  })
})
