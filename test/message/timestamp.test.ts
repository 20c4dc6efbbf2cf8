import { expect } from 'chai'
import fc from 'fast-check'
import { parseTimestamp } from '../../src/message/timestamp.ts'

describe('parseTimestamp', () => {
  const accepted: readonly (readonly [string, string])[] = [
    ['2026-11-21T05:30:00Z', '2026-11-21T05:30:00.000Z'],
    ['2026-11-21T05:30:00.1Z', '2026-11-21T05:30:00.100Z'],
    ['2026-11-21T05:30:00.123Z', '2026-11-21T05:30:00.123Z'],
    ['2026-11-21T05:30:00.999999Z', '2026-11-21T05:30:00.999Z'],
    ['2026-11-21T05:30:00.123456789Z', '2026-11-21T05:30:00.123Z'],
    ['2026-11-21T05:30:00+02:00', '2026-11-21T03:30:00.000Z'],
    ['2026-11-21T05:30:00.5-03:30', '2026-11-21T09:00:00.500Z'],
    ['2026-11-21T05:30:00-00:00', '2026-11-21T05:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T23:59:59Z', '2000-02-29T23:59:59.000Z'],
  ]
  for (const [text, iso] of accepted) {
    it(`reads ${text}`, () => expect(parseTimestamp(text)).to.equal(Date.parse(iso)))
  }

  const refused = [
    '',
    '-',
    '2026-11-21',
    '2026-11-21T05:30:00',
    '2026-11-21T05:30:60Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T05:60:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-11-21t05:30:00Z',
    '2026-11-21 05:30:00Z',
    '2026-11-21T05:30:00z',
    '2026-11-21T05:30:00.Z',
    '2026-11-21T05:30:00+0200',
    '2026-11-21T05:30:00+24:00',
    '2026-11-21T05:30:00ZZ',
    '2026-11-21T05:30:00+02:000',
    '2026/11/21T05:30:00Z',
    '2026-1-21T05:30:00Z',
  ]
  for (const text of refused)
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseTimestamp(text)).to.equal(undefined))

  it('reads every time that JavaScript writes', () => {
    const date = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (time) => {
        expect(parseTimestamp(time.toISOString())).to.equal(time.getTime())
      }),
    )
  })
})
