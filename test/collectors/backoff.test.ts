import { expect } from 'chai'
import { afterRoundLeftOut, afterRun, type Backoff, NO_BACKOFF, resultOf } from '../../src/collectors/backoff.ts'

/** The rounds in which a script that always fails is run, out of the first `rounds`. */
const roundsRun = (rounds: number, settings: { readonly afterFailures: number; readonly maxRounds: number }) => {
  const ran: number[] = []
  let backoff: Backoff = NO_BACKOFF
  for (let round = 0; round < rounds; round += 1) {
    if (backoff.roundsLeft > 0) backoff = afterRoundLeftOut(backoff)
    else {
      ran.push(round)
      backoff = afterRun(backoff, true, settings)
    }
  }
  return ran
}

describe('collectors/backoff', () => {
  it('leaves out 1, 2, 4 … rounds after so many failures, up to the most', () => {
    expect(roundsRun(40, { afterFailures: 3, maxRounds: 8 })).to.deep.equal([0, 1, 2, 4, 7, 12, 21, 30, 39])
  })

  it('begins with the first failure where that is asked for', () => {
    expect(roundsRun(12, { afterFailures: 1, maxRounds: 60 })).to.deep.equal([0, 2, 5, 10])
  })

  it('leaves out none where that is switched off', () => {
    expect(roundsRun(20, { afterFailures: 1, maxRounds: 0 })).to.have.length(20)
  })

  it('stays bounded however often a script fails', () => {
    const settings = { afterFailures: 1, maxRounds: 60 }
    expect(afterRun({ failures: 5000, rounds: 60, roundsLeft: 0 }, true, settings).rounds).to.equal(60)
  })

  it('is over with one good run', () => {
    expect(afterRun({ failures: 9, rounds: 60, roundsLeft: 0 }, false, { afterFailures: 3, maxRounds: 60 })).to.equal(
      NO_BACKOFF,
    )
  })

  it('takes a run that was cut as cut, whatever status it ended with', () => {
    expect(resultOf({ outcome: 'succeeded', output: 'cut-lines' })).to.equal('cut')
    expect(resultOf({ outcome: 'timed-out', output: 'whole' })).to.equal('timed-out')
  })
})
