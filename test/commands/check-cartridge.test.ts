import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { useTempDir } from '../support/temp.ts'
import { checkIn, copyCartridge, GOOD_SCRIPT, MANIFEST, type Sample, writeCartridge } from './check-sample.ts'

/** A script that fails, so that check shows what it said. */
const saying = (text: string): Sample => ({ script: `#!/bin/sh\necho "${text}" >&2; exit 1\n` })

describe('commands/check of a cartridge as the daemon sees it', () => {
  const dir = useTempDir()
  beforeEach(() => chmodSync(dir(), 0o755))
  const cartridge = (sample: Sample = {}): string => writeCartridge(join(dir(), 'cart'), sample)
  const said = async (sample: Sample, settings?: string): Promise<string> => {
    const { lines } = await checkIn(dir(), cartridge(sample), settings === undefined ? {} : { settings })
    return lines.join('\n')
  }
  const isGood = async (path: string): Promise<void> => {
    const { status, lines } = await checkIn(dir(), path)
    expect(lines.join('\n')).to.match(/: good$/)
    expect(status).to.equal(0)
  }

  describe('its manifest', () => {
    const fifoFor = (path: string): void => {
      rmSync(path)
      execFileSync('mkfifo', [path])
    }

    it('is not waited for when it is a FIFO', async () => {
      const directory = cartridge()
      fifoFor(join(directory, 'metadata/manifest.yml'))
      for (const path of [directory, join(directory, 'metadata/manifest.yml')]) {
        const { status, lines } = await checkIn(dir(), path)
        expect(lines[0]).to.match(
          /^cart\/metadata\/manifest.yml: manifest-unreadable: expected a regular file, got a FIFO/,
        )
        expect(status).to.equal(1)
      }
    })

    it('may not be missing', async () => {
      rmSync(join(cartridge(), 'metadata/manifest.yml'))
      const { lines } = await checkIn(dir(), join(dir(), 'cart'))
      expect(lines[0]).to.match(/manifest.yml: manifest-unreadable: expected a manifest, got nothing/)
    })

    it('may not be larger than the settings allow', async () => {
      const settings = 'gears: {manifest: {maxBytes: 50}}'
      const expected = /manifest-unreadable: expected at most 50 bytes/
      expect(await said({}, settings)).to.match(expected)
      const { lines } = await checkIn(dir(), join(dir(), 'cart/metadata/manifest.yml'), { settings })
      expect(lines[0]).to.match(expected)
    })

    it('counts in the version that IDENT names', async () => {
      const manifest = `${MANIFEST}Versions: ['1', '2']
Version-Overrides: {'2': {Metrics: {other: {}}}}
`
      const output = await said({ manifest, env: { OPENSHIFT_DEMO_IDENT: 'example:demo:2:0.1' } })
      expect(output).to.match(/not-printed: other is declared/)
      expect(output).to.match(/not-declared: jobs was printed/)
    })

    it('must know the version of IDENT', async () => {
      const output = await said({ env: { OPENSHIFT_DEMO_IDENT: 'example:demo:7:0.1' } })
      expect(output).to.match(/manifest-invalid: IDENT: expected a version of the manifest, got "7"/)
    })

    it('asks for no more than the node grants', async () => {
      const manifest = `${MANIFEST}Metrics-Options: {Interval: 5, Timeout: 9}\n`
      const output = await said(
        { manifest, script: '#!/bin/sh\nsleep 20\n' },
        'gears: {manifest: {minIntervalSeconds: 10, maxTimeoutMs: 150}}',
      )
      expect(output).to.match(/Metrics-Options.Interval: expected from 10 to 3600 seconds/)
      expect(output).to.match(/Metrics-Options.Timeout: expected from 0 to 0.15 seconds/)
      expect(output).to.match(/script-timed-out: expected an end within 150 ms/)
    })

    it('gets no more time than its gear has', async () => {
      const script = '#!/bin/sh\nsleep 20\n'
      expect(await said({ script }, 'scripts: {gearTimeoutMs: 120}')).to.match(/expected an end within 120 ms/)
    })
  })

  describe('its environment', () => {
    it('has the directory under the short name', async () => {
      const manifest = MANIFEST.replace('DEMO', 'short')
      expect(await said({ manifest, ...saying('$OPENSHIFT_SHORT_DIR+$OPENSHIFT_DEMO_DIR+') })).to.match(
        /said: cart\/\+\+/,
      )
    })

    it('has the directory under the name where there is no short one', async () => {
      const manifest = MANIFEST.replace('Name: demo', 'Name: de-mo.x').replace(/Cartridge-Short.*\n/, '')
      expect(await said({ manifest, ...saying('$OPENSHIFT_DE_MO_X_DIR') })).to.match(/said: cart\/$/m)
    })

    it('is what env/ says, by the rules of the gears', async () => {
      const env = { OPENSHIFT_DEMO_DIR: '/own/\n', COLOUR: 'red\n', 'OLD.erb': 'x', PATH: '/nowhere' }
      expect(await said({ env, ...saying('$OPENSHIFT_DEMO_DIR $COLOUR $PATH $GEARS') })).to.match(
        /said: \/own\/ red \/bin:\/usr\/bin:\/usr\/sbin/,
      )
    })

    it('tells of a variable that is too large', async () => {
      const settings = 'gears: {environment: {maxFileBytes: 10}}'
      expect(await said({ env: { LONG: 'x'.repeat(20) } }, settings)).to.match(/cart\/env\/LONG: env-unreadable:/)
    })

    it('in the home of a gear is all that the gear has', async () => {
      for (const folder of ['.env', '.env/user_vars', 'conf/env', 'other/env'])
        mkdirSync(join(dir(), folder), { recursive: true })
      writeFileSync(join(dir(), '.env/GEAR'), 'gear')
      writeFileSync(join(dir(), '.env/user_vars/USERS'), 'user')
      writeFileSync(join(dir(), 'conf/env/SHARED'), 'system')
      writeFileSync(join(dir(), 'other/env/OTHER'), 'other')
      const sample = { env: { OWN: 'own' }, ...saying('$GEAR $USERS $SHARED $OTHER $OWN <$OPENSHIFT_DEMO_DIR>') }
      expect(await said(sample)).to.match(/said: gear user system other own <>/)
    })

    it('outside the home of a gear is its own alone', async () => {
      for (const folder of ['conf/env', 'other/env']) mkdirSync(join(dir(), folder), { recursive: true })
      writeFileSync(join(dir(), 'conf/env/SHARED'), 'system')
      writeFileSync(join(dir(), 'other/env/OTHER'), 'other')
      expect(await said(saying('<$SHARED$OTHER>'))).to.match(/said: <>/)
    })
  })

  describe('what it prints', () => {
    it('keeps its line numbers behind lines that are too long', async () => {
      const script = `${GOOD_SCRIPT}echo ${'x'.repeat(200)}=1\necho jobs=many\n`
      const output = await said({ script }, 'scripts: {maxLineBytes: 60}')
      expect(output).to.match(/output:3:1: too-long: expected at most 60 bytes with the newline, got 203/)
      expect(output).to.match(/output:4:1: not-a-number: jobs=many/)
      expect(output).to.match(/: 2 mistakes$/)
    })

    it('may have a label named type', async () => {
      await isGood(cartridge({ script: `${GOOD_SCRIPT}echo label.type=x jobs=1\n` }))
    })

    it('may not carry a name of our own', async () => {
      const output = await said({ script: `${GOOD_SCRIPT}echo script.success=1\n` })
      expect(output).to.match(/output:3: reserved-key: script.success/)
      expect(output).to.match(/: 1 mistake$/)
    })

    it('is told when a line is torn by the end of the time', async () => {
      const script = `${GOOD_SCRIPT}printf jobs=1; sleep 20\n`
      expect(await said({ script }, 'scripts: {timeoutMs: 400}')).to.match(/control metrics: line-unfinished: /)
    })

    it('may be nothing at all, with a note and no mistake', async () => {
      const directory = cartridge({ script: '#!/bin/sh\nexit 0\n' })
      const { status, lines } = await checkIn(dir(), directory)
      expect(lines).to.deep.equal(['cart: nothing was printed: is it running?', 'cart: good'])
      expect(status).to.equal(0)
      const json = await checkIn(dir(), directory, { json: true })
      expect(JSON.parse(json.lines.join(''))).to.deep.equal([])
      expect(json.status).to.equal(0)
    })

    it('may not be nothing when it fails', async () => {
      const { status, lines } = await checkIn(dir(), cartridge({ script: '#!/bin/sh\nexit 1\n' }))
      expect(lines[0]).to.match(/script-failed/)
      expect(lines.join()).not.to.match(/is it running/)
      expect(status).to.equal(1)
    })
  })

  for (const name of ['mock', 'nodejs']) {
    it(`accepts the sample cartridge ${name}, which does not run`, async () => {
      await isGood(copyCartridge(`cartridges/${name}`, join(dir(), name)))
    })
  }
})
