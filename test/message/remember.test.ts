import { expect } from 'chai'
import { remember } from '../../src/message/remember.ts'

describe('remember', () => {
  const counting = (limit: number) => {
    const made: string[] = []
    const know = remember(limit, (text) => {
      made.push(text)
      return text.startsWith('no') ? undefined : { text }
    })
    return { made, know }
  }

  it('makes a thing once and gives the same one again', () => {
    const { made, know } = counting(4)
    const [a, b] = [know('a'), know('b')]
    expect([know('a'), know('b'), know('b')]).to.have.ordered.members([a, b, b])
    expect(made).to.deep.equal(['a', 'b'])
  })

  it('keeps at most so many, and then begins anew', () => {
    const { made, know } = counting(2)
    for (const text of ['a', 'b', 'a', 'c', 'c', 'b']) know(text)
    expect(made).to.deep.equal(['a', 'b', 'c', 'b'])
  })

  it('does not keep what could not be made', () => {
    const { made, know } = counting(2)
    expect([know('no'), know('no')]).to.deep.equal([undefined, undefined])
    expect(made).to.have.length(2)
  })

  it('takes the empty text like any other', () => {
    const { know } = counting(2)
    expect(know('')).to.deep.equal({ text: '' })
    expect(know('')).to.equal(know(''))
  })
})
