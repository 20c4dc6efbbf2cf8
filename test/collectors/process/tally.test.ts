import { expect } from 'chai'
import { addTo, createTally, type ProcessLook } from '../../../src/collectors/process/tally.ts'
import { makeLook } from './look.ts'

const tallyOf = (...looks: readonly ProcessLook[]) => {
  const tally = createTally()
  for (const look of looks) addTo(tally, look)
  return tally
}

describe('collectors/process/tally', () => {
  it('adds up', () => {
    const tally = tallyOf(
      makeLook('1', { threads: 3, state: 'running', startTicks: 500 }),
      makeLook('2', { rssBytes: 5, virtualBytes: 7, startTicks: 400 }),
      makeLook('3', { openFiles: 0, openFilesLimit: undefined, startTicks: 600 }),
    )
    expect(tally).to.include({ threads: 5, rssBytes: 2005, virtualBytes: 4007, openFiles: 6, oldestTicks: 400 })
    expect(tally.states).to.deep.equal(
      new Map([
        ['running', 1],
        ['sleeping', 2],
      ]),
    )
  })

  it('finds the process that is nearest to its own limit, not the one with most files', () => {
    const tally = tallyOf(
      makeLook('1', { openFiles: 500, openFilesLimit: 1000 }),
      makeLook('2', { openFiles: 9, openFilesLimit: 10 }),
      makeLook('3', { openFiles: 5000, openFilesLimit: undefined }),
    )
    expect(tally.nearest).to.deep.equal({ limit: 10, ratio: 0.9 })
  })

  it('knows nothing of open files when those of one process are unknown, whichever it is', () => {
    const [known, unknown] = [makeLook('1'), makeLook('2', { openFiles: undefined })]
    for (const looks of [
      [known, unknown],
      [unknown, known],
    ]) {
      expect(tallyOf(...looks)).to.include({ openFiles: undefined, nearest: undefined, threads: 2 })
    }
  })
})
