import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Gear, GearProblem } from '../../src/node/gear.ts'
import { createGearLister, type GearLister, type ListerOptions } from '../../src/node/gears.ts'
import { useTempDir } from '../support/temp.ts'
import { BLOG, type FixtureNode, gearSettings, makeFixtureNode, ourGid, ourUid, plant, SHOP } from './tree.ts'

describe('gears', () => {
  const temp = useTempDir()
  let node: FixtureNode
  beforeEach(() => {
    node = makeFixtureNode(join(temp(), 'node'))
  })

  const lister = (settings: Readonly<Record<string, unknown>> = {}, changes: Partial<ListerOptions> = {}): GearLister =>
    createGearLister({
      settings: gearSettings({ source: 'directory', baseDir: node.baseDir, lockDir: temp(), ...settings }),
      confDir: node.confDir,
      passwdFile: join(temp(), 'passwd'),
      procRoot: join(temp(), 'proc'),
      cgroupRoot: join(temp(), 'cgroup'),
      nodeName: 'n1',
      isRoot: false,
      ownUid: ourUid,
      ...changes,
    })
  const list = (...parameters: Parameters<typeof lister>) => lister(...parameters).list()
  const gear = async (id: string, ...parameters: Parameters<typeof lister>): Promise<Gear> =>
    (await list(...parameters)).gears.find((candidate) => candidate.id === id)!
  const reasons = (problems: readonly GearProblem[]): string[] => problems.map(({ reason }) => reason)

  it('are found with labels, state and scripts, cartridges before the hook', async () => {
    const { gears, problems } = await list()
    expect(problems).to.deep.equal([])
    expect(gears.map(({ id }) => id)).to.deep.equal([BLOG, SHOP])
    const shop = gears[1]!
    expect(shop).to.include({ source: 'directory', uid: ourUid, gid: ourGid, state: 'started', home: node.home(SHOP) })
    expect(shop.problems).to.deep.equal([])
    expect([...shop.labels]).to.deep.equal([
      ['appName', 'shop'],
      ['gear', SHOP],
      ['app', `app-${SHOP}`],
      ['ns', 'acme'],
      ['node', 'n1'],
    ])
    const home = node.home(SHOP)
    expect(shop.scripts.map(({ kind, cart, path, args, cwd }) => [kind, cart, path, args, cwd])).to.deep.equal([
      ['cartridge', 'mock', `${home}/mock/bin/metrics`, [], `${home}/mock`],
      ['cartridge', 'php', `${home}/php/bin/control`, ['metrics'], `${home}/php`],
      ['hook', undefined, `${home}/app-root/runtime/repo/.openshift/action_hooks/metrics`, [], home],
    ])
    expect(shop.scripts[1]).to.include({ intervalMs: 120_000, timeoutMs: 2000 })
    expect([...shop.scripts[1]!.declarations.keys()]).to.deep.equal(['requests.total', 'memory.used'])
  })

  it('cut the namespace from the DNS name where nothing else tells it', async () => {
    expect((await gear(BLOG)).labels.get('ns')).to.equal('acme')
  })

  it('give each script the merged environment', async () => {
    const [mock, php] = (await gear(SHOP)).scripts
    expect(Object.fromEntries(php!.environment)).to.include({
      HOME: node.home(SHOP),
      PATH: 'php/bin:/bin:/usr/bin:/usr/sbin',
      OPENSHIFT_APP_NAME: 'shop',
      OPENSHIFT_BROKER_HOST: 'broker.example.com',
      OPENSHIFT_PHP_IDENT: 'acme:php:5.4:0.0.1',
      OPENSHIFT_MOCK_IDENT: 'acme:mock:0.1:0.0.1',
      COLOUR: 'blue',
      SHELL: '/bin/sh',
    })
    expect(mock!.environment.get('COLOUR')).to.equal('blue')
  })

  it('see in the next round what has changed', async () => {
    const gears = lister()
    const scriptsOf = async (): Promise<string[]> =>
      (await gears.list()).gears
        .filter(({ id }) => id === SHOP)
        .flatMap(({ scripts }) => scripts.map(({ path }) => path))
    expect(await scriptsOf()).to.have.lengthOf(3)
    plant(node.home(SHOP), { 'php/metadata/manifest.yml': 'Name: php', '.env/user_vars/COLOUR': 'red' })
    expect(await scriptsOf()).to.have.lengthOf(2)
    expect((await gears.list()).gears[1]!.scripts[0]!.environment.get('COLOUR')).to.equal('red')
    renameSync(node.home(SHOP), join(temp(), 'gone'))
    expect(await scriptsOf()).to.have.lengthOf(0)
  })

  it('cannot forge who they are by anything they write', async () => {
    const forged = {
      OPENSHIFT_GEAR_UUID: BLOG,
      OPENSHIFT_APP_UUID: 'x',
      OPENSHIFT_APP_NAME: 'a\nb',
      OPENSHIFT_NAMESPACE: 'x',
    }
    for (const [name, value] of Object.entries(forged)) {
      plant(node.home(SHOP), {
        [`php/env/${name}`]: value,
        [`.env/user_vars/${name}`]: value,
        [`.env/other/${name}`]: value,
      })
    }
    const { labels, problems } = await gear(SHOP)
    expect(Object.fromEntries(labels)).to.deep.equal({
      gear: SHOP,
      app: `app-${SHOP}`,
      appName: 'shop',
      ns: 'acme',
      node: 'n1',
    })
    expect(problems).to.deep.equal([])
  })

  it('lose only the cartridge that is broken', async () => {
    plant(node.home(SHOP), { 'php/metadata/manifest.yml': 'Name: "' })
    const { gears } = await list()
    expect(gears[1]!.scripts.map(({ cart }) => cart)).to.deep.equal(['mock', undefined])
    expect(reasons(gears[1]!.problems)).to.deep.equal(['manifest-invalid'])
    expect(gears[0]!.problems).to.deep.equal([])
  })

  it('do without a hook that is not executable, and say so', async () => {
    chmodSync(join(node.home(SHOP), 'app-root/runtime/repo/.openshift/action_hooks/metrics'), 0o644)
    const { scripts, problems } = await gear(SHOP)
    expect(scripts.map(({ kind }) => kind)).to.deep.equal(['cartridge', 'cartridge'])
    expect(reasons(problems)).to.deep.equal(['script-not-executable'])
  })

  describe('at rest', () => {
    const rests: [reason: string, files: Record<string, string>][] = [
      ['stopped', { 'app-root/runtime/.state': 'stopped\n' }],
      ['idle', { 'app-root/runtime/.state': 'idle\n', 'app-root/runtime/.stop_lock': '' }],
      ['stop-lock', { 'app-root/runtime/.stop_lock': 'maintenance' }],
    ]
    for (const [reason, files] of rests) {
      it(`have no scripts, but their labels: ${reason}`, async () => {
        plant(node.home(SHOP), files)
        const shop = await gear(SHOP)
        expect(shop.resting).to.equal(reason)
        expect(shop.scripts).to.deep.equal([])
        expect(shop.labels.get('appName')).to.equal('shop')
      })

      it(`take part where the settings say so: ${reason}`, async () => {
        plant(node.home(SHOP), files)
        const shop = await gear(SHOP, { skip: [] })
        expect(shop).not.to.have.property('resting')
        expect(shop.scripts).to.have.lengthOf(3)
      })
    }

    it('are those that the platform holds a lock on', async () => {
      plant(temp(), { [`gear.${SHOP}`]: '' })
      const holder = spawn('flock', [join(temp(), `gear.${SHOP}`), 'sh', '-c', 'echo held; read line'])
      await once(holder.stdout, 'data')
      const { gears } = await list({}, { procRoot: '/proc' })
      holder.stdin.end()
      await once(holder, 'exit')
      expect(gears.map(({ resting }) => resting)).to.deep.equal([undefined, 'in-flux'])
    })

    it('are those whose cgroup is frozen', async () => {
      plant(temp(), { [`cgroup/freezer/openshift/${SHOP}/freezer.state`]: 'FROZEN\n' })
      expect((await gear(SHOP)).resting).to.equal('frozen')
      expect(await gear(BLOG)).not.to.have.property('resting')
    })
  })

  describe('and who may run their scripts', () => {
    it('stay in the list without scripts where they are not ours', async () => {
      const shop = await gear(SHOP, {}, { ownUid: ourUid + 1 })
      expect(shop.scripts).to.deep.equal([])
      expect(reasons(shop.problems)).to.deep.equal(['not-own-user'])
      expect(shop.labels.get('appName')).to.equal('shop')
    })

    it('stay in the list without scripts where root is asked to run root, or a low uid', async () => {
      const shop = await gear(SHOP, { minUid: 4_000_000_000 }, { isRoot: true })
      expect(shop.scripts).to.deep.equal([])
      expect(reasons(shop.problems)).to.deep.equal(['uid-refused'])
    })

    it('do not run what belongs to a third', async function () {
      if (ourUid !== 0) this.skip() // only root can give files away
      chownSync(node.home(SHOP), 41_001, 41_001)
      chownSync(join(node.home(SHOP), 'php/bin/control'), 41_002, 41_002)
      const shop = await gear(SHOP, {}, { isRoot: true })
      expect(shop.scripts.map(({ cart }) => cart)).to.deep.equal(['mock', undefined])
      expect(reasons(shop.problems)).to.deep.equal(['script-foreign-owner'])
    })
  })

  describe('of several sources', () => {
    const passwd = (...ids: string[]): void =>
      writeFileSync(
        join(temp(), 'passwd'),
        ids.map((id) => `${id}:x:${ourUid}:${ourGid}:OpenShift guest:${node.home(id)}:/bin/sh\n`).join(''),
      )

    it('come from passwd, files and units with auto, never from directories', async () => {
      passwd(SHOP)
      plant(node.confDir, { 'gears.d/web.yml': `{id: web, uid: ${ourUid}, metrics: /bin/true}` })
      plant(temp(), {
        'cgroup/system.slice/nginx.service/cgroup.procs': '7\n',
        'proc/7/status': `Uid:\t${ourUid}\nGid:\t${ourGid}\n`,
      })
      const { gears, problems } = await list({ source: 'auto', systemd: ['nginx'] })
      expect(gears.map(({ id, source }) => [id, source])).to.deep.equal([
        [SHOP, 'passwd'],
        ['web', 'static'],
        ['nginx', 'systemd'],
      ])
      expect(problems).to.deep.equal([])
      expect(gears[2]).to.include({ cgroup: '/system.slice/nginx.service', state: 'started' })
      expect(gears[2]!.problems).to.deep.equal([])
    })

    it('count once where two have one id: the first', async () => {
      passwd(SHOP)
      plant(node.confDir, { 'gears.d/x.yml': `{id: "${SHOP}", uid: ${ourUid}}` })
      const { gears, problems } = await list({ source: 'auto' })
      expect(gears.map(({ source }) => source)).to.deep.equal(['passwd'])
      expect(reasons(problems)).to.deep.equal(['id-shared'])
    })

    it('stay when one source cannot be read', async () => {
      plant(node.confDir, { 'gears.d/web.yml': `{id: web, uid: ${ourUid}}` })
      mkdirSync(join(temp(), 'passwd'))
      const { gears, problems } = await list({ source: 'auto' })
      expect(reasons(problems)).to.deep.equal(['source-unreadable'])
      expect(gears.map(({ id }) => id)).to.deep.equal(['web'])
    })

    it('are none where the base directory is missing', async () => {
      const { gears, problems } = await list({ baseDir: join(temp(), 'nowhere') })
      expect(gears).to.deep.equal([])
      expect(reasons(problems)).to.deep.equal(['source-unreadable'])
    })

    it('run what the admin names for a service, with the shared environment and their own labels', async () => {
      plant(temp(), { 'web-metrics': '#!/bin/sh\necho a=1\n' })
      plant(node.confDir, {
        'gears.d/web.yml': `{id: web, uid: ${ourUid}, scripts: [${temp()}/web-metrics, /nowhere/x], labels: {app: web, team: a}}`,
      })
      const web = await gear('web', { source: 'static' })
      expect(Object.fromEntries(web.labels)).to.deep.equal({ gear: 'web', app: 'web', team: 'a', node: 'n1' })
      expect(web.scripts.map(({ path, cwd }) => [path, cwd])).to.deep.equal([[`${temp()}/web-metrics`, '/']])
      expect(Object.fromEntries(web.scripts[0]!.environment)).to.include({
        PATH: '/bin:/usr/bin:/usr/sbin',
        HOME: '/',
        OPENSHIFT_BROKER_HOST: 'broker.example.com',
      })
      expect(reasons(web.problems)).to.deep.equal(['script-missing'])
    })

    it('vanish without harm: the user is there, the home is not', async () => {
      passwd(SHOP, 'gone')
      const { gears } = await list({ source: 'passwd' })
      const [, gone] = gears
      expect(gone).to.include({ id: 'gone', state: 'unknown' })
      expect(gone!.labels.get('gear')).to.equal('gone')
      expect(reasons(gone!.problems)).to.deep.equal(['gear-vanished'])
    })

    it('run on the owner that passwd names', async function () {
      if (ourUid !== 0) this.skip() // .env must be root's
      passwd(SHOP)
      const shop = await gear(SHOP, { source: 'passwd' })
      expect(shop).to.include({ user: SHOP, cgroup: `/openshift/${SHOP}` })
      expect(shop.labels.get('appName')).to.equal('shop')
      expect(shop.scripts).to.have.lengthOf(3)
    })
  })

  it('survive everything hostile at once, and the good one is unharmed', async () => {
    const evil = join(node.baseDir, 'evil')
    cpSync(node.home(SHOP), evil, { recursive: true, verbatimSymlinks: true })
    rmSync(join(evil, 'app-root/repo'))
    symlinkSync('/', join(evil, 'app-root/repo'))
    rmSync(join(evil, '.env'), { recursive: true })
    symlinkSync('/etc', join(evil, '.env'))
    rmSync(join(evil, 'php/env'), { recursive: true })
    symlinkSync('..', join(evil, 'php/env'))
    plant(evil, { 'mock/metadata/manifest.yml': Buffer.from([0xff, 0xfe, 0, 0]), 'app-root/runtime/.state': '\0\0' })
    const { gears } = await list()
    const [good, , bad] = [gears.find(({ id }) => id === SHOP)!, 0, gears.find(({ id }) => id === 'evil')!]
    expect(good.scripts).to.have.lengthOf(3)
    expect(good.problems).to.deep.equal([])
    expect(bad.labels).to.deep.equal(
      new Map([
        ['gear', 'evil'],
        ['node', 'n1'],
      ]),
    )
    expect(bad.state).to.equal('unknown')
    expect(bad.scripts.map(({ cart }) => cart)).to.deep.equal(['php'])
    expect([...new Set(reasons(bad.problems))]).to.have.members([
      'manifest-invalid',
      'script-not-a-file',
      'env-unreadable',
      'metadata-invalid',
    ])
  })
})
