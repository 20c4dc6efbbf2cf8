import { PassThrough, Writable } from 'node:stream'
import { expect } from 'chai'
import { shift } from '../../src/shifter/main.ts'

describe('shifter/main', () => {
  it('hands every line over when the far side keeps up', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const text = output.toArray()
    const evicted = shift(input, output)
    for (let line = 0; line < 5000; line += 1) input.write(`line ${line}\n`)
    input.end()
    expect(await evicted).to.equal(0)
    expect(
      Buffer.concat(await text)
        .toString()
        .split('\n'),
    ).to.have.length(5001)
  })

  it('never stops reading when the far side is stuck: the oldest lines give way and are counted', async () => {
    let release = (): void => {}
    let written = ''
    const stuck = new Writable({
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        written += chunk
        release = done
      },
    })
    const input = new PassThrough()
    const evicted = shift(input, stuck)
    input.write('first\n')
    for (let line = 1; line <= 3000; line += 1) {
      if (!input.write(`line ${line}\n`)) await new Promise((resolve) => input.once('drain', resolve))
    }
    input.end()
    await new Promise((resolve) => input.once('end', resolve))
    release()
    await new Promise(setImmediate)
    release()
    expect(await evicted).to.equal(2000)
    expect(written)
      .to.match(/^first\n/)
      .and.to.contain('line 3000\n')
      .and.not.to.contain('line 2000\n')
  })

  it('resolves when the far side has gone', async () => {
    const input = new PassThrough()
    const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
    const evicted = shift(input, gone)
    input.write('x\n')
    expect(await evicted).to.equal(0)
  })
})
