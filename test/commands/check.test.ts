import { join } from 'node:path'
import { expect } from 'chai'
import { checkText, scriptRules } from '../../src/commands/check/lines.ts'
import { check } from '../../src/commands/check.ts'
import { UsageError } from '../../src/errors.ts'
import { testContext } from '../support/context.ts'
import { useTempDir } from '../support/temp.ts'
import { checkIn, GOOD_SCRIPT, MANIFEST, type Sample, writeCartridge } from './check-sample.ts'

const rules = scriptRules({ metadata: { appName: 'OPENSHIFT_APP_NAME' } })
const limits = { rules, maxLineBytes: 60 }

describe('commands/check', () => {
  const dir = useTempDir()
  const findingsOf = (sample: Sample) => checkIn(dir(), writeCartridge(dir(), sample))

  describe('of lines', () => {
    const cases: readonly (readonly [
      text: string,
      expected: readonly (readonly [line: number, column: number | undefined, reason: string])[],
    ])[] = [
      ['a=1\ntype=metric b=2 c=1e3', []],
      [
        'a=1 b=x\n\nc=0x10 d=4\n',
        [
          [1, 5, 'not-a-number'],
          [3, 1, 'not-a-number'],
        ],
      ],
      [
        'ok=1 gear=other\r\ncart=php',
        [
          [1, 6, 'reserved-key'],
          [2, 1, 'reserved-key'],
        ],
      ],
      ['a=1 label.type=x', []],
      ['a=1 a=2', [[1, 5, 'duplicate-name']]],
      ['a=1 oo.gather.rounds=1', [[1, undefined, 'reserved-key']]],
      [`${'x'.repeat(70)}=1\nb=2`, [[1, 1, 'too-long']]],
      ['type=event a=1', [[1, 1, 'foreign-type']]],
      ['only prose here', [[1, 1, 'not-a-pair']]],
    ]
    for (const [text, expected] of cases) {
      it(`finds ${expected.map(([, , reason]) => reason).join(' and ') || 'nothing wrong'} in ${JSON.stringify(text.slice(0, 30))}`, () => {
        const { findings } = checkText(Buffer.from(text), '-', limits)
        expect(findings.map(({ line, column, reason }) => [line, column, reason])).to.deep.equal(expected)
      })
    }
  })

  describe('of a cartridge', () => {
    it('accepts a good one', async () => {
      const { status, lines } = await findingsOf({})
      expect(lines.at(-1)).to.match(/: good$/)
      expect(status).to.equal(0)
    })

    const faults: readonly (readonly [name: string, sample: Sample, line: RegExp])[] = [
      [
        'a pair that is no number',
        { script: '#!/bin/sh\necho thread.count=5 jobs=many\necho jobs=1' },
        /output:1:16: not-a-number: jobs=many/,
      ],
      [
        'a name that was not printed',
        { script: '#!/bin/sh\necho thread.count=5' },
        /manifest.yml: not-printed: jobs is declared/,
      ],
      [
        'a name that was not declared',
        { script: `${GOOD_SCRIPT}echo other=1` },
        /control metrics: not-declared: other was printed/,
      ],
      [
        'a script that fails, with what it said',
        { script: '#!/bin/sh\necho boo >&2; exit 3' },
        /script-failed: expected exit status 0, got 3; it said: boo/,
      ],
      ['a script that hangs', { script: '#!/bin/sh\nsleep 20' }, /script-timed-out: expected an end within 1000 ms/],
      [
        'a script that floods',
        { script: '#!/bin/sh\nwhile :; do echo thread.count=5 jobs=1; done' },
        /script-output-cut/,
      ],
      ['a script without its execute bit', { mode: 0o644 }, /control: script-not-executable/],
      [
        'a kind that does not exist',
        { manifest: MANIFEST.replace('counter', 'count') },
        /manifest.yml: manifest-invalid: Metrics.jobs.type: expected .*counter.*, got "count"/,
      ],
      [
        'YAML that does not parse, with its position',
        { manifest: 'Name: x\nMetrics: [\n' },
        /manifest.yml:3:\d+: manifest-invalid/,
      ],
      [
        'a name that no cartridge may have',
        { manifest: MANIFEST.replace('Name: demo', 'Name: app-root') },
        /manifest-invalid: Name: expected/,
      ],
      ['a manifest without metrics', { manifest: MANIFEST.slice(0, MANIFEST.indexOf('Metrics')) }, /no-metrics/],
    ]
    for (const [name, sample, expected] of faults) {
      it(`finds ${name}`, async () => {
        const { status, lines } = await findingsOf(sample)
        expect(lines.join('\n')).to.match(expected)
        expect(status).to.equal(1)
      })
    }

    it('prints findings as JSON with their positions', async () => {
      const { context, out } = testContext({ json: true })
      const script = '#!/bin/sh\necho thread.count=5 jobs=many\necho jobs=1'
      expect(await check(writeCartridge(dir(), { script }), context)).to.equal(1)
      expect(JSON.parse(out[0]!)[0]).to.include({ line: 1, column: 16, reason: 'not-a-number' })
    })

    it('refuses a path where nothing is', async () => {
      const thrown = await check(join(dir(), 'nothing'), testContext().context).catch((error: unknown) => error)
      expect(thrown).to.be.instanceOf(UsageError)
    })
  })

  for (const name of ['mock', 'nodejs']) {
    it(`accepts the manifest of the sample cartridge ${name}`, async () => {
      const { context, out } = testContext()
      const status = await check(`cartridges/${name}/metadata/manifest.yml`, context)
      expect(out.join('\n')).to.match(/: good$/)
      expect(status).to.equal(0)
    })
  }
})
