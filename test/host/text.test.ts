import { expect } from 'chai'
import { wholeNumber, wholeNumbers, wordsOf } from '../../src/host/text.ts'

describe('host/text', () => {
  it('splits a line at all blanks', () => {
    expect(wordsOf('  a \t b  c\n')).to.deep.equal(['a', 'b', 'c'])
    expect(wordsOf('')).to.deep.equal([])
  })

  it('reads whole numbers and nothing else', () => {
    expect(['0', '007', '18446744073709551615'].map(wholeNumber)).to.deep.equal([0, 7, 18446744073709552000])
    expect(['', '-1', '1.5', '0x10', '1e3', ' 1', undefined].map(wholeNumber).filter(Boolean)).to.deep.equal([])
  })

  it('wants all words of a list to be numbers, and enough of them', () => {
    expect(wholeNumbers(['1', '2'], 2)).to.deep.equal([1, 2])
    expect(wholeNumbers(['1', '2'], 3)).to.equal(undefined)
    expect(wholeNumbers(['1', 'x'], 1)).to.equal(undefined)
  })
})
