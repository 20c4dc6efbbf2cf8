import { expect } from 'chai'
import { createSuspects } from '../../../src/scripts/spawner/suspects.ts'

const HOUR_MS = 3_600_000

describe('scripts/spawner/suspects', () => {
  it('are remembered for an hour', () => {
    let nowMs = 0
    const suspects = createSuspects({ now: () => nowMs })
    suspects.add('/a')
    expect([suspects.has('/a'), suspects.has('/b')]).to.deep.equal([true, false])
    nowMs = HOUR_MS - 1
    expect(suspects.has('/a')).to.equal(true)
    nowMs = HOUR_MS
    expect(suspects.has('/a')).to.equal(false)
  })

  it('are never more than a thousand: the oldest is forgotten', () => {
    const suspects = createSuspects({ now: () => 0 })
    for (let at = 0; at <= 1000; at += 1) suspects.add(`/${at}`)
    expect([suspects.has('/0'), suspects.has('/1'), suspects.has('/1000')]).to.deep.equal([false, true, true])
  })
})
