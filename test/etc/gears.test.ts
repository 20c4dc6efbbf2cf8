import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parseYaml } from '../../src/config/yaml.ts'
import { staticGearSchema } from '../../src/node/static-schema.ts'

const SAMPLE = 'etc/gears.d/web.yml.sample'

describe('the sample of gears.d', () => {
  const text = readFileSync(SAMPLE, 'utf8')

  it('makes a service a gear in six lines at most', () => {
    expect(text.split('\n').filter((line) => line && !line.startsWith('#'))).to.have.length.within(1, 6)
  })

  it('is a gear as the node understands it', () => {
    const gear = staticGearSchema.parse(parseYaml(text, SAMPLE))
    expect(gear).to.include({ id: 'web', unit: 'nginx.service', user: 'nobody' })
    expect(gear.labels).to.deep.equal({ app: 'web', ns: 'example' })
    expect(gear.scripts).to.have.lengthOf(1)
  })
})
