import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { thisInstallation } from '../../src/commands/setup/installation.ts'
import type { Command, RunCommand } from '../../src/commands/setup/system.ts'
import { type SetupHost, setup } from '../../src/commands/setup.ts'

const SETTINGS = '/etc/openshift/oo-gather-metrics.yml'
const UNIT = '/etc/systemd/system/oo-metrics-bridge.service'

describe('oo-metrics setup', () => {
  let work: string
  let root: string
  let host: SetupHost

  beforeEach(() => {
    work = realpathSync(mkdtempSync(join(tmpdir(), 'oo-setup-')))
    root = join(work, 'root')
    mkdirSync(root)
    host = hostWith(packageIn(work))
  })

  afterEach(() => rmSync(work, { recursive: true, force: true }))

  const run = (flags: { dryRun?: boolean; remove?: boolean; json?: boolean } = {}): Promise<Said> =>
    say({ root, ...flags }, host)

  it('brings units, rules, settings and directories, and names each', async () => {
    const { status, out } = await run()
    expect(status).to.equal(0)
    expect(out).to.include(`created   ${root}${SETTINGS}`).and.include(`created   ${root}/etc/openshift/gears.d`)
    for (const name of ['oo-gather-metrics', 'oo-metrics-bridge']) {
      expect(existsSync(join(root, `/etc/systemd/system/${name}.service`)), name).to.equal(true)
    }
    expect(lstatSync(join(root, UNIT)).mode & 0o777).to.equal(0o644)
  })

  it('makes files readable whatever the umask is', async () => {
    const before = process.umask(0o077)
    try {
      await run()
    } finally {
      process.umask(before)
    }
    expect(lstatSync(join(root, UNIT)).mode & 0o777).to.equal(0o644)
    expect(lstatSync(join(root, '/etc/systemd')).mode & 0o777).to.equal(0o755)
  })

  it('writes the absolute paths of this installation into units and rules', async () => {
    await run()
    const command = `${process.execPath} ${join(work, 'package/src/cli/oo-metrics-bridge.ts')}`
    expect(read(UNIT)).to.include(`ExecStart=${command} `)
    expect(read('/etc/rsyslog.d/60-oo-metrics.conf')).to.include(`binary="${command} omprog"`)
    for (const path of listing(root).map(({ path }) => path)) {
      if (/\.(service|conf)$/.test(path)) expect(read(path), path).not.to.match(/@[a-z-]+@/)
    }
  })

  it('changes nothing when it runs again', async () => {
    await run()
    const before = listing(root)
    const { status, out } = await run({ json: true })
    expect(status).to.equal(0)
    expect(listing(root)).to.deep.equal(before)
    const { steps } = JSON.parse(out.join('')) as { steps: { did: string }[] }
    expect([...new Set(steps.map(({ did }) => did))]).to.deep.equal(['unchanged'])
  })

  it('leaves an empty tree as it was once it is removed', async () => {
    await run()
    expect(listing(root)).not.to.have.lengthOf(0)
    expect((await run({ remove: true })).status).to.equal(0)
    expect(listing(root)).to.deep.equal([])
  })

  it('leaves a used tree as it was once it is removed', async () => {
    mkdirSync(join(root, '/etc/openshift'), { recursive: true, mode: 0o750 })
    mkdirSync(join(root, '/var'), { mode: 0o711 })
    write('/etc/openshift/node.conf', 'CLOUD_DOMAIN=example.com\n')
    const before = listing(root)
    await run()
    await run()
    await run({ remove: true })
    expect(listing(root)).to.deep.equal(before)
  })

  it('only tells in a dry run', async () => {
    const { out } = await run({ dryRun: true })
    expect(listing(root)).to.deep.equal([])
    expect(out).to.include('dry run: nothing is changed').and.include(`created   ${root}${SETTINGS}`)
    await run()
    const before = listing(root)
    const removal = await run({ dryRun: true, remove: true })
    expect(removal.out).to.include(`removed   ${root}${SETTINGS}`)
    expect(listing(root)).to.deep.equal(before)
  })

  it('keeps what an admin has changed, at a second setup and at a removal', async () => {
    await run()
    write(SETTINGS, 'gather: {intervalSeconds: 30}\n')
    const again = await run()
    expect(again.out).to.include(`kept      ${root}${SETTINGS} (changed by you)`)
    const removal = await run({ remove: true })
    expect(removal.status).to.equal(0)
    expect(removal.out)
      .to.include(`kept      ${root}${SETTINGS} (changed by you)`)
      .and.include(`kept      ${root}/etc/openshift (not empty)`)
    expect(listing(root).map(({ path }) => path)).to.deep.equal(['/etc', '/etc/openshift', SETTINGS])
    expect(read(SETTINGS)).to.equal('gather: {intervalSeconds: 30}\n')
  })

  it('keeps a file that was there before it, even one with the same words', async () => {
    mkdirSync(join(root, '/etc/openshift'), { recursive: true })
    write(SETTINGS, readFileSync(join(work, 'package/etc/oo-gather-metrics.yml'), 'utf8'))
    await run()
    await run({ remove: true })
    expect(existsSync(join(root, SETTINGS))).to.equal(true)
  })

  it('updates its own files when the package has changed, and removes them still', async () => {
    await run()
    const source = join(work, 'package/etc/oo-gather-metrics.yml')
    writeFileSync(source, `${readFileSync(source, 'utf8')}# new\n`)
    expect((await run()).out).to.include(`updated   ${root}${SETTINGS}`)
    expect(read(SETTINGS)).to.match(/# new\n$/)
    await run({ remove: true })
    expect(listing(root)).to.deep.equal([])
  })

  it('takes away what a setup that was cut short has left', async () => {
    mkdirSync(join(root, '/etc/logrotate.d/oo-metrics/in-the-way'), { recursive: true })
    const obstacle = join(root, '/etc/logrotate.d/oo-metrics')
    const before = listing(root)
    expect((await run()).status).to.equal(1)
    expect(listing(root)).to.deep.equal(before)
    rmSync(obstacle, { recursive: true })
    await run()
    rmSync(join(root, UNIT)) // as if it had not come that far
    await run({ remove: true })
    expect(listing(root).map(({ path }) => path)).to.deep.equal(['/etc', '/etc/logrotate.d'])
  })

  it('tells that there is nothing to remove', async () => {
    const { status, out } = await run({ remove: true })
    expect({ status, out }).to.deep.equal({ status: 0, out: ['nothing was set up here'] })
  })

  it('prints one JSON document on request', async () => {
    const { out } = await run({ json: true })
    const report = JSON.parse(out.join('\n'))
    expect(report).to.include({ root, dryRun: false })
    expect(report.steps).to.deep.include({ did: 'created', kind: 'file', path: SETTINGS })
    expect(report.commands).to.deep.equal([])
  })

  describe('refuses, touching nothing,', () => {
    const obstacles: readonly [string, () => void, RegExp][] = [
      [
        'a link where a file is to be',
        () => link('/elsewhere', SETTINGS),
        /expected a file or nothing, found a symbolic link/,
      ],
      [
        'a directory where a file is to be',
        () => mkdirSync(at(SETTINGS), { recursive: true }),
        /expected a file, found a directory/,
      ],
      ['a file where a directory is to be', () => write('/etc', ''), /expected a directory, found a file/],
      ['a link that leads out of the tree', () => symlinkSync(work, at('/etc')), /a link leads to/],
      ['a broken link on the way', () => symlinkSync('nowhere', at('/etc')), /found a symbolic link/],
    ]
    for (const [name, prepare, expected] of obstacles) {
      it(name, async () => {
        prepare()
        const before = listing(work)
        const { status, err } = await run()
        expect(status).to.equal(1)
        expect(err).to.have.lengthOf(1)
        expect(err[0]).to.match(expected)
        expect(listing(work)).to.deep.equal(before)
      })
    }

    it('a root that is no directory', async () => {
      root = join(work, 'missing')
      expect((await run()).err).to.deep.equal([`setup: ${root}: expected a directory to set up in`])
    })

    it('a directory that cannot be written to', async () => {
      chmodSync(root, 0o555)
      chmodSync(work, 0o755)
      const { status, err } = await asOrdinaryUser(() => run())
      expect(status).to.equal(1)
      expect(err[0]).to.match(/root\/var: cannot be written: EACCES/)
    })

    it('a record that it did not write, rather than remove on its word', async () => {
      mkdirSync(at('/var/lib/oo-metrics-setup'), { recursive: true })
      for (const text of ['{', '[]', '{"version":1,"directories":["/../x"],"files":{}}', '{"version":2}']) {
        write('/var/lib/oo-metrics-setup/record.json', text)
        const { status, err } = await run({ remove: true })
        expect(status, text).to.equal(1)
        expect(err[0], text).to.match(/expected the record that an earlier setup wrote/)
      }
    })
  })

  describe('without --root', () => {
    it('asks for root', async () => {
      const { status, err } = await say({}, { ...liveHost(host.run), isRoot: false })
      expect(status).to.equal(1)
      expect(err[0]).to.match(/only root can set up this system/)
    })

    it('makes the system see what has changed, in the right order', async () => {
      const seen: string[] = []
      const live = liveHost(async (command) => {
        seen.push(`${existsSync(at(UNIT)) ? 'with' : 'without'} units: ${command.slice(0, 2).join(' ')}`)
        return command[0] === 'systemd-sysusers' ? 'not here' : 'done'
      })
      const { status, out } = await say({}, live)
      expect(status).to.equal(0)
      expect(out).to.include('ran       systemctl daemon-reload: done').and.include('next: systemctl restart rsyslog')
      expect((await say({ remove: true }, live)).status).to.equal(0)
      expect(seen).to.deep.equal([
        'with units: systemd-sysusers /etc/sysusers.d/oo-metrics.conf',
        'with units: systemd-tmpfiles --create',
        'with units: systemctl daemon-reload',
        'with units: systemctl disable',
        'without units: systemctl daemon-reload',
      ])
      expect(listing(root)).to.deep.equal([])
    })

    it('tells when a command failed, and ends with status 1', async () => {
      const { status, out } = await say(
        {},
        liveHost(async () => ({ failed: 'no bus' })),
      )
      expect(status).to.equal(1)
      expect(out).to.include('ran       systemctl daemon-reload: failed: no bus')
    })

    it('runs no command for a tree', async () => {
      const commands: Command[] = []
      host = hostWith(join(work, 'package'), async (command) => {
        commands.push(command)
        return 'done'
      })
      await run()
      await run({ remove: true })
      expect(commands).to.deep.equal([])
    })

    it('runs none in a dry run either', async () => {
      const refuse: RunCommand = () => Promise.reject(new Error('ran'))
      const { status } = await say({ dryRun: true }, { ...liveHost(refuse), isRoot: false })
      expect(status).to.equal(0)
    })
  })

  const liveHost = (run: RunCommand): SetupHost => ({ ...hostWith(join(work, 'package'), run), systemRoot: root })
  const at = (path: string): string => join(root, path)
  const read = (path: string): string => readFileSync(at(path), 'utf8')
  const write = (path: string, text: string): void => writeFileSync(at(path), text)
  const link = (target: string, path: string): void => {
    mkdirSync(join(at(path), '..'), { recursive: true })
    symlinkSync(target, at(path))
  }
})

interface Said {
  readonly status: number
  readonly out: string[]
  readonly err: string[]
}

const say = async (options: Partial<Parameters<typeof setup>[0]>, host: SetupHost): Promise<Said> => {
  const out: string[] = []
  const err: string[] = []
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) }
  return { status: await setup({ dryRun: false, remove: false, json: false, ...options }, io, host), out, err }
}

const hostWith = (packageRoot: string, run: RunCommand = async () => 'done'): SetupHost => ({
  isRoot: true,
  systemRoot: '/',
  run,
  installation: thisInstallation(process.execPath, join(packageRoot, 'src/cli')),
})

/** This package's `etc`, where tests may change it. */
const packageIn = (work: string): string => {
  cpSync('etc', join(work, 'package/etc'), { recursive: true })
  for (const name of ['oo-gather-metrics.yml', 'oo-metrics-bridge.yml']) {
    writeFileSync(join(work, 'package/etc', name), '# every setting, explained\n')
  }
  return join(work, 'package')
}

/** Everything below a directory: path, kind with mode, content or target. */
const listing = (root: string): { path: string; mode: string; content: string }[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const stats = lstatSync(join(root, name))
      return {
        path: `/${name}`,
        mode: stats.mode.toString(8),
        content: stats.isFile() ? readFileSync(join(root, name), 'utf8') : '',
      }
    })

// root may write anywhere, so it becomes somebody else for a moment
const asOrdinaryUser = async <T>(action: () => Promise<T>): Promise<T> => {
  if (process.geteuid?.() !== 0) return action()
  process.seteuid?.(65_534)
  try {
    return await action()
  } finally {
    process.seteuid?.(0)
  }
}
