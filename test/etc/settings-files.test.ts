import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { bridgedSchema } from '../../src/bridged/settings.ts'
import { loadSettings } from '../../src/config/load.ts'
import { renderManItems } from '../../src/config/man-items.ts'
import { renderSample } from '../../src/config/sample.ts'
import { settingsOf } from '../../src/config/settings-tree.ts'
import { gatherdSchema } from '../../src/gatherd/settings.ts'
import { expectGolden } from '../support/golden.ts'

const PROGRAMS = [
  { name: 'oo-gather-metrics', schema: gatherdSchema },
  { name: 'oo-metrics-bridge', schema: bridgedSchema },
] as const

const HEAD = (
  name: string,
): string => `# Settings of ${name}(8). Everything here is a default: take out the "# " before a key to change it.
# Files in ${name}.d/*.yml beside this one are read after it. Try a change with ${name} --check-config --config FILE.

`
const BEGIN = '.\\" BEGIN SETTINGS\n'
const END = '.\\" END SETTINGS\n'

describe('settings files', () => {
  for (const { name, schema } of PROGRAMS) {
    const sample = `etc/${name}.yml`

    it(`${sample} explains every key of the code, and no other`, () => {
      expectGolden(sample, HEAD(name) + renderSample(schema))
    })

    it(`${sample} means the defaults, as it is and with every comment taken out`, () => {
      const defaults = loadSettings(schema, { file: undefined }).settings
      expect(loadSettings(schema, { file: sample }).settings).to.deep.equal(defaults)
    })

    it(`man/${name}.8 has the same`, () => {
      const page = join('man', `${name}.8`)
      const text = readFileSync(page, 'utf8')
      const [before, after] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)]
      expectGolden(page, text.slice(0, before) + renderManItems(schema) + text.slice(after))
    })

    it(`every setting of ${name} is documented by a sentence`, () => {
      for (const { path, facts } of settingsOf(schema))
        expect(facts.doc, path.join('.')).to.match(/^[A-Z0-9a-z].*[.:]?/)
    })
  }
})
