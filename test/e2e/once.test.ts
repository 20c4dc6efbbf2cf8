import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { expectGolden } from '../support/golden.ts'
import { type GearFiles, manifestOf, writeGears } from '../support/node-tree.ts'
import { useTempDir } from '../support/temp.ts'

const run = promisify(execFile)

/** What an honest node looks like. */
const HONEST: Readonly<Record<string, GearFiles>> = {
  list01: {
    'php/metadata/manifest.yml': manifestOf('php', '\n  - thread.count\n  - thread.active'),
    'php/bin/control':
      '#!/bin/sh\n[ "$1" = metrics ] && echo type=metric thread.count=5 thread.active=2 && echo load=0.25\n',
    'cron/metadata/manifest.yml': manifestOf('cron', '\n  - jobs'),
    'cron/bin/control': `#!/bin/sh\necho 'jobs=7 label.queue="e mail"'\n`,
    'plain/metadata/manifest.yml': manifestOf('plain', ''),
    'plain/bin/control': '#!/bin/sh\necho never=1\n',
  },
  map01: {
    'web/metadata/manifest.yml': manifestOf(
      'web',
      '\n  requests: {type: counter, unit: "{request}", display_name: Requests}',
    ),
    'web/bin/metrics': '#!/bin/sh\necho requests=1e3\n',
    'web/bin/control': '#!/bin/sh\necho both=1\n',
    'app-root/repo/.openshift/action_hooks/metrics': '#!/bin/sh\necho "home=1 signups=3"\nprintf last=4',
  },
  '42': {
    'num/metadata/manifest.yml': manifestOf('num', ' [a]'),
    'num/bin/control': '#!/bin/sh\necho a=1\n',
  },
  stopped01: {
    'app-root/runtime/.state': 'stopped\n',
    'php/metadata/manifest.yml': manifestOf('php', ' [a]'),
    'php/bin/control': '#!/bin/sh\necho a=1\n',
  },
}

const HOSTILE: Readonly<Record<string, GearFiles>> = {
  hang01: {
    'a/metadata/manifest.yml': manifestOf('a', ' [x]'),
    'a/bin/control': '#!/bin/sh\ntrap "" TERM\necho before=1\nsleep 60 & sleep 60\n',
    'b/metadata/manifest.yml': manifestOf('b', ' [x]'),
    'b/bin/control': '#!/bin/sh\necho after=1\n',
  },
  flood01: {
    'f/metadata/manifest.yml': manifestOf('f', ' [x]'),
    'f/bin/control': '#!/bin/sh\nwhile :; do echo flood flood flood flood flood flood; done\n',
  },
  liar01: {
    'l/metadata/manifest.yml': manifestOf('l', ' [x]'),
    'l/bin/control': `#!/bin/sh
echo gear=list01 cart=php own=1
echo 'type=metric own2=2 app=other node=n9 label.gear=list01'
printf 'type=metric a="1\\ntype=metric gear=list01 forged=1"\\n'
printf 'x=%%n%%s y=1e400 z=0x10 ok=3\\n'
`,
    'l/env/OPENSHIFT_GEAR_UUID': 'list01',
    'l/env/OPENSHIFT_APP_NAME': 'stolen\ntype=metric gear=list01 forged=2',
  },
  broken01: { 'm/metadata/manifest.yml': 'Name: [', 'm/bin/control': '#!/bin/sh\necho a=1\n' },
}

/** Scripts alone: what else is measured is different on every machine. */
const SETTINGS = `
node: {name: n1}
gears: {source: directory}
cgroup: {enabled: false}
quota: {enabled: false}
process: {enabled: false}
system: {enabled: false}
`

describe('oo-gather-metrics --once --dry-run', function () {
  this.timeout(30_000)
  const dir = useTempDir()

  const gather = async (gears: Readonly<Record<string, GearFiles>>) => {
    const baseDir = join(dir(), 'gears')
    writeGears(baseDir, gears)
    writeFileSync(join(dir(), 'node.conf'), `GEAR_BASE_DIR="${baseDir}"  # homes\n`)
    const settings = join(dir(), 'g.yml')
    writeFileSync(settings, SETTINGS)
    const args = ['src/cli/oo-gather-metrics.ts', '--once', '--dry-run', '--config', settings]
    const startedMs = performance.now()
    const { stdout, stderr } = await run(process.execPath, args, { env: { ...process.env, OPENSHIFT_CONF_DIR: dir() } })
    // gears run beside each other, so only the order within one is fixed
    const lines = stdout.trimEnd().split('\n').sort()
    return { lines, stderr, tookMs: performance.now() - startedMs }
  }

  it('prints the lines of every honest gear', async () => {
    const { lines } = await gather(HONEST)
    expectGolden('test/fixtures/e2e/honest.txt', `${lines.join('\n')}\n`)
  })

  it('prints the same among hostile gears, nothing forged, and takes no longer than the limits allow', async () => {
    const { lines, stderr, tookMs } = await gather({ ...HONEST, ...HOSTILE })
    expectGolden('test/fixtures/e2e/hostile.txt', `${lines.join('\n')}\n`)
    const events = new Set([...stderr.matchAll(/^type=event .*? reason=(\S+)/gm)].map(([, reason]) => reason))
    expect([...events]).to.include.members([
      'gear-unreadable',
      'lines-refused',
      'script-output-cut',
      'script-timed-out',
    ])
    expect(tookMs).to.be.below(3000 + 5000) // the limit of one gear, and starting Node.js on a busy machine
  })
})
