import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { control, copyCartridge, manifestOf, readMetrics } from './control.ts'

const POLL_MS = 100
const LIMIT_MS = 15_000

describe('the nodejs cartridge', () => {
  let cartridge: string
  let environment: Readonly<Record<string, string>>

  beforeEach(() => {
    cartridge = copyCartridge('nodejs')
    environment = {
      OPENSHIFT_NODEJS_DIR: `${cartridge}/`,
      OPENSHIFT_NODEJS_IP: '127.0.0.1',
      OPENSHIFT_NODEJS_PORT: '0',
      OPENSHIFT_NODEJS_NODE: process.execPath,
      OPENSHIFT_APP_NAME: 'shop',
    }
  })
  afterEach(async () => {
    await control(cartridge, 'stop', environment)
    rmSync(cartridge, { recursive: true })
  })

  const read = (name: string): string => readFileSync(join(cartridge, 'run', name), 'utf8').trim()
  const get = async (path: string): Promise<number> => {
    const response = await fetch(`http://${read('address')}${path}`)
    await response.arrayBuffer()
    return response.status
  }

  it('has a manifest without a fault, with a kind or graph for every metric', () => {
    const { manifest, findings } = manifestOf('nodejs')
    expect(findings).to.deep.equal([])
    expect(manifest.declarations!.get('http.requests')).to.include({ kind: 'counter', unit: '{request}' })
    for (const declaration of manifest.declarations!.values()) {
      expect(declaration, declaration.name).to.include.keys('unit', 'displayName', 'description', 'graphType')
    }
  })

  it('counts the requests of a server that really runs, and prints what its manifest declares', async () => {
    expect((await control(cartridge, 'start', environment)).stderr).to.equal('')
    expect(await Promise.all(['/', '/slow', '/broken', '/missing'].map(get))).to.deep.equal([200, 200, 500, 404])
    const { values, refused } = await until(async () => {
      const read = readMetrics((await control(cartridge, 'metrics', environment)).stdout)
      return read.values.get('http.requests') === 4 ? read : undefined
    })
    expect(refused).to.equal(0)
    expect(values.get('http.responses{status=2xx}')).to.equal(2)
    expect(values.get('http.responses{status=5xx}')).to.equal(1)
    expect(values.get('http.active')).to.equal(0)
    expect(values.get('heap.used')).to.be.within(1e6, values.get('heap.limit')!)
    const names = new Set([...values.keys()].map((name) => name.replace(/\{.*/, '')))
    expect([...names]).to.have.members([...manifestOf('nodejs').manifest.declarations!.keys()])
  })

  it('starts, restarts and stops, and leaves nothing running', async () => {
    expect((await control(cartridge, 'status', environment)).status).to.equal(1)
    await control(cartridge, 'start', environment)
    const first = read('pid')
    await control(cartridge, 'start', environment)
    expect(read('pid')).to.equal(first)
    expect((await control(cartridge, 'status', environment)).status).to.equal(0)
    await control(cartridge, 'restart', environment)
    expect(read('pid')).not.to.equal(first)
    const second = read('pid')
    expect((await control(cartridge, 'stop', environment)).status).to.equal(0)
    expect(commandOf(second)).to.equal('')
    expect(readdirSync(join(cartridge, 'run'))).to.deep.equal([])
  })

  it('has no metrics when it does not run, and that is no error', async () => {
    expect(await control(cartridge, 'metrics', environment)).to.deep.equal({ status: 0, stdout: '', stderr: '' })
    await control(cartridge, 'start', environment)
    process.kill(Number(read('pid')), 'SIGKILL')
    writeFileSync(join(cartridge, 'run/figures'), '1000 written\nuptime=1\n')
    await until(async () => (await control(cartridge, 'status', environment)).status === 1 || undefined)
    expect(await control(cartridge, 'metrics', environment)).to.deep.equal({ status: 0, stdout: '', stderr: '' })
  })

  it('does not pass on the old figures of a server that hangs', async () => {
    await control(cartridge, 'start', environment)
    process.kill(Number(read('pid')), 'SIGSTOP')
    writeFileSync(join(cartridge, 'run/figures'), '1000 written\nuptime=1\n')
    const { status, stdout, stderr } = await control(cartridge, 'metrics', environment)
    process.kill(Number(read('pid')), 'SIGCONT')
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.match(/has not updated its figures/)
  })

  it('says where to look when it cannot start', async () => {
    const { status, stderr } = await control(cartridge, 'start', { ...environment, OPENSHIFT_NODEJS_PORT: '-1' })
    expect(status).to.equal(1)
    expect(stderr).to.include(`${cartridge}/log/nodejs.log`)
  })
})

/** The command line of a process; empty when it has ended, whether or not its parent has taken note. */
const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const until = async <T>(probe: () => Promise<T | undefined>): Promise<T> => {
  for (let waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
    const found = await probe()
    if (found !== undefined) return found
    await wait(POLL_MS)
  }
  throw new Error(`not within ${LIMIT_MS} ms`)
}
