import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { control, copyCartridge, manifestOf, readMetrics } from './control.ts'

describe('the mock cartridge', () => {
  let cartridge: string
  beforeEach(() => {
    cartridge = copyCartridge('mock')
  })
  afterEach(() => rmSync(cartridge, { recursive: true }))

  const metrics = async (environment = {}): Promise<Map<string, number>> => {
    const answer = await control(cartridge, 'metrics', environment)
    expect(answer).to.include({ status: 0, stderr: '' })
    const { values, refused } = readMetrics(answer.stdout)
    expect(refused).to.equal(0)
    return values
  }

  it('has a manifest without a fault', () => {
    const { manifest, findings } = manifestOf('mock')
    expect(findings).to.deep.equal([])
    expect(manifest.name).to.equal('mock')
  })

  it('prints exactly what its manifest declares', async () => {
    expect([...(await metrics()).keys()]).to.have.members([...manifestOf('mock').manifest.declarations!.keys()])
  })

  it('tells how long it has run, and that it does not run', async () => {
    const before = await metrics()
    expect([before.get('running'), before.get('uptime')]).to.deep.equal([0, 0])
    expect((await control(cartridge, 'status')).status).to.equal(1)
    await control(cartridge, 'start')
    writeFileSync(join(cartridge, 'run/started'), `${Math.floor(Date.now() / 1000) - 90}\n`)
    const values = await metrics()
    expect(values.get('running')).to.equal(1)
    expect(values.get('uptime')).to.be.within(90, 120)
    expect((await control(cartridge, 'status')).status).to.equal(0)
    await control(cartridge, 'stop')
    expect((await metrics()).get('running')).to.equal(0)
  })

  it('counts its starts and the files in the data directory of the gear', async () => {
    const data = join(cartridge, 'gear-data')
    mkdirSync(data)
    for (const name of ['a', 'b c', 'd']) writeFileSync(join(data, name), '')
    await control(cartridge, 'start')
    await control(cartridge, 'restart')
    const values = await metrics({ OPENSHIFT_DATA_DIR: `${data}/`, OPENSHIFT_MOCK_DIR: `${cartridge}/` })
    expect(values.get('starts')).to.equal(2)
    expect(values.get('data.files')).to.equal(3)
  })

  it('survives state that somebody has spoilt', async () => {
    await control(cartridge, 'start')
    for (const text of ['', 'x\n', '$(id)\n', '1\n2\n']) {
      writeFileSync(join(cartridge, 'run/starts'), text)
      await metrics()
    }
  })

  it('takes an action it does not have for none', async () => {
    expect(await control(cartridge, 'tidy')).to.deep.equal({ status: 0, stdout: '', stderr: '' })
  })
})
