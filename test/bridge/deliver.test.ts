import { expect } from 'chai'
import { attempt, pauseMs } from '../../src/bridge/deliver.ts'
import { ManualClock, settle } from '../support/clock.ts'
import { FakeBackend, written } from './fake-backend.ts'

const limits = { firstMs: 500, longestMs: 60_000 }

describe('one attempt', () => {
  it('gives the answer of the backend, and leaves no timer behind', async () => {
    const clock = new ManualClock()
    const result = await attempt(new FakeBackend(), [], { clock, timeoutMs: 10, abort: new AbortController().signal })
    await settle()
    expect(result).to.equal(written)
    expect(clock.sleeping).to.equal(0)
  })

  it('ends early, as a failed one, when it is aborted', async () => {
    const abort = new AbortController()
    const pending = attempt(new FakeBackend(['never']), [], {
      clock: new ManualClock(),
      timeoutMs: 10,
      abort: abort.signal,
    })
    abort.abort()
    expect((await pending).status).to.equal('failed')
  })
})

describe('pause between attempts', () => {
  it('doubles up to its limit', () => {
    const longest = [0, 1, 2, 6, 7, 2000].map((failures) => pauseMs(failures, limits, () => 1))
    expect(longest).to.deep.equal([500, 1000, 2000, 32_000, 60_000, 60_000])
  })

  it('is at least half of that, by chance', () => {
    expect(pauseMs(1, limits, () => 0)).to.equal(500)
  })
})
