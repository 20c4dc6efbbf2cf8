import { expect } from 'chai'
import fc from 'fast-check'
import { Pending } from '../../src/message/pending.ts'

describe('Pending', () => {
  it('gives back all that was appended, in order, and is empty then', () => {
    const chunk = fc.uint8Array({ maxLength: 700 }).map((array) => Buffer.from(array))
    fc.assert(
      fc.property(fc.array(fc.array(chunk, { maxLength: 6 }), { maxLength: 3 }), (rounds) => {
        const pending = new Pending()
        for (const chunks of rounds) {
          for (const bytes of chunks) pending.append(bytes)
          expect(pending.length).to.equal(Buffer.concat(chunks).length)
          expect(pending.take().equals(Buffer.concat(chunks))).to.equal(true)
          expect(pending.length).to.equal(0)
        }
      }),
    )
  })
})
