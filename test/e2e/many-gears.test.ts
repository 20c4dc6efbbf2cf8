import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { type GearFiles, isRoot, manifestOf, writeGears } from '../support/node-tree.ts'
import { useTempDir } from '../support/temp.ts'

const run = promisify(execFile)
const CATALOGUE = 'test/fixtures/scripts'
const HONEST = 80

/** Uids of the processes that run now. */
const runningUids = (): ReadonlySet<number> => {
  const uids = new Set<number>()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      uids.add(Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]))
    } catch {
      // it has ended meanwhile
    }
  }
  return uids
}

/** Gears that still have processes. Init takes a moment to bury what was killed. */
const leftOf = async (uids: ReadonlyMap<string, number>): Promise<string[]> => {
  for (let looks = 0; ; looks += 1) {
    const running = runningUids()
    const left = [...uids].filter(([, uid]) => running.has(uid)).map(([gear]) => gear)
    if (left.length === 0 || looks === 40) return left
    await wait(50)
  }
}

const honestGear = (at: number): GearFiles => ({
  'a/metadata/manifest.yml': manifestOf('a', ' [x]'),
  'a/bin/control': `#!/bin/sh\necho x=${at} y=1\n`,
  'b/metadata/manifest.yml': manifestOf('b', ' [z]'),
  'b/bin/control': `#!/bin/sh\nprintf z=${at}`,
})

/** Every misbehaving script that there is, each in a gear of its own, with an honest one behind it. */
const hostileGears = (): Readonly<Record<string, GearFiles>> =>
  Object.fromEntries(
    readdirSync(CATALOGUE).map((name, at) => [
      `bad${at}`,
      {
        'a/metadata/manifest.yml': manifestOf('a', ' [x]'),
        'a/bin/control': readFileSync(join(CATALOGUE, name), 'utf8'),
        'b/metadata/manifest.yml': manifestOf('b', ' [x]'),
        'b/bin/control': '#!/bin/sh\necho still=1\n',
      },
    ]),
  )

describe('a node with every misbehaving script of the catalogue at once', function () {
  this.timeout(120_000)
  const dir = useTempDir()

  const gather = async (gears: Readonly<Record<string, GearFiles>>) => {
    const baseDir = join(dir(), 'gears')
    const uids = writeGears(baseDir, gears)
    writeFileSync(
      join(dir(), 'g.yml'),
      JSON.stringify({
        gears: { source: 'directory', baseDir },
        ...{
          cgroup: { enabled: false },
          quota: { enabled: false },
          process: { enabled: false },
          system: { enabled: false },
        },
      }),
    )
    const args = ['src/cli/oo-gather-metrics.ts', '--once', '--dry-run', '--config', join(dir(), 'g.yml')]
    const options = { env: { ...process.env, OPENSHIFT_CONF_DIR: dir() }, maxBuffer: 50_000_000 }
    const { stdout } = await run(process.execPath, args, options)
    return { lines: stdout.trimEnd().split('\n'), uids }
  }

  it('gets the same lines from every honest gear, in the same order, and is left with no process of the others', async function () {
    if (!isRoot) this.skip() // without root all gears are one user, who can end our own processes
    const honest = Object.fromEntries(Array.from({ length: HONEST }, (_, at) => [`good${at}`, honestGear(at)]))
    const { lines, uids } = await gather({ ...honest, ...hostileGears() })

    for (let at = 0; at < HONEST; at += 1) {
      const its = lines
        .filter((line) => line.includes(`gear=good${at} `))
        .map((line) => line.replace(/appName.* ns=acme /, ''))
      expect(its).to.deep.equal([`type=metric cart=a x=${at} y=1`, `type=metric cart=b z=${at}`])
    }
    expect(await leftOf(uids)).to.deep.equal([])
  })
})
