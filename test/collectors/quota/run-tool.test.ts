import { resolve } from 'node:path'
import { expect } from 'chai'
import { createToolRunner } from '../../../src/collectors/quota/run-tool.ts'

const BIN = resolve('test/fixtures/quota/bin')
const REPORT = resolve('test/fixtures/quota/reports/with-quota')
const NEVER = new AbortController().signal

describe('quota/run-tool', () => {
  const runner = (timeoutMs = 10_000) => createToolRunner({ timeoutMs, searchPath: `${BIN}:/usr/bin:/bin` })

  it('runs a program to its end', async () => {
    const ran = await runner()('repquota', ['-p', REPORT], NEVER)
    if (ran.status === 'failed') return expect.fail(ran.why)
    expect(ran.exitCode).to.equal(0)
    expect(ran.stdout).to.match(/^\*\*\* Report.*stranger/s)
  })

  it('gives status and both outputs of one that fails', async () => {
    const ran = await runner()('repquota', ['-p', '/without-quota'], NEVER)
    expect(ran).to.include({ status: 'ended', exitCode: 2, stdout: '' })
    expect(ran).to.have.property('stderr').that.includes('no quota enabled')
  })

  it('says that a program is not there', async () => {
    expect(await runner()('no-such-tool', [], NEVER)).to.deep.equal({
      status: 'failed',
      why: 'no-such-tool is not installed',
    })
  })

  it('kills what takes too long, and can run the next', async () => {
    const run = runner(100)
    expect(await run('repquota', ['-p', '/hangs'], NEVER)).to.deep.equal({
      status: 'failed',
      why: 'repquota did not end within its limit',
    })
    expect(await run('true', [], NEVER)).to.include({ status: 'ended' })
  })

  it('kills what prints too much', async () => {
    const ran = await runner()('repquota', ['-p', '/floods'], NEVER)
    expect(ran)
      .to.have.property('why')
      .that.matches(/^repquota failed: .*maxBuffer/)
  })

  it('kills it when it is told to stop', async () => {
    const stop = new AbortController()
    const ran = runner()('repquota', ['-p', '/hangs'], stop.signal)
    stop.abort()
    expect(await ran).to.have.property('status', 'failed')
  })

  it('runs one program at a time', async () => {
    const run = runner()
    const first = run('repquota', ['-p', REPORT], NEVER)
    expect(await run('true', [], NEVER)).to.deep.equal({ status: 'failed', why: 'repquota has not ended yet' })
    expect(await first).to.have.property('status', 'ended')
    expect(await run('true', [], NEVER)).to.have.property('status', 'ended')
  })

  it('survives arguments that no program can be started with', async () => {
    const run = runner()
    expect(await run('true', ['x'.repeat(4_000_000)], NEVER))
      .to.have.property('why')
      .that.includes('E2BIG')
    expect(await run('true', ['a\0b'], NEVER)).to.have.property('status', 'failed')
    expect(await run('true', [], NEVER)).to.have.property('status', 'ended')
  })

  it('hands over nothing of its own environment', async () => {
    const ran = await runner()('env', [], NEVER)
    expect(ran).to.have.property('stdout', `PATH=${BIN}:/usr/bin:/bin\nLC_ALL=C\n`)
  })
})
