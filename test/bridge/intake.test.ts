import { expect } from 'chai'
import { createIntake, FRAMES, SIGNALS } from '../../src/bridge/intake.ts'
import { Ledger } from '../../src/ledger.ts'
import { encodeFrames } from '../../src/message/frame.ts'
import type { Signal } from '../../src/signal.ts'
import { makeMetric } from '../backends/make-metric.ts'
import { ManualClock } from '../support/clock.ts'

const trusted = { receiver: 'unix', mayAttribute: true }
const untrusted = { receiver: 'tcp', mayAttribute: false }

const encode = (signals: readonly Signal[], id = 'u:1'): Buffer => {
  const options = {
    format: 'rfc5424',
    hostname: 'n1',
    procId: '1',
    priority: 30,
    metadataKeys: ['gear'],
    maxFrameBytes: 8000,
    maxPairBytes: 1024,
    nextId: () => id,
  } as const
  return encodeFrames(signals, options).frames[0]!.bytes
}

describe('intake', () => {
  let ledger: Ledger
  let taken: Signal[]
  const make = () => {
    ledger = new Ledger()
    taken = []
    const take = (signals: readonly Signal[]): void => void taken.push(...signals)
    return createIntake({ ledger, clock: new ManualClock(), seenFrames: 10, take })
  }
  const books = (stage: string): object => {
    const { in: came, out, dropped } = ledger.total(stage)
    return { in: came, out, ...Object.fromEntries(dropped) }
  }

  it('hands over the signals of a frame', () => {
    const metrics = [makeMetric(), makeMetric({ name: 'jobs', kind: 'counter', value: 7 })]
    make()(encode(metrics), trusted)
    expect(taken).to.deep.equal(metrics)
    expect(books(FRAMES)).to.deep.equal({ in: 1, out: 1 })
    expect(books(SIGNALS)).to.deep.equal({ in: 2, out: 2 })
    expect([...ledger.accounts()].map(({ stage, gear }) => [stage, gear])).to.deep.include([SIGNALS, 'aa11'])
  })

  it('drops a frame whose id it has seen', () => {
    const intake = make()
    for (const id of ['u:1', 'u:2', 'u:1']) intake(encode([makeMetric()], id), trusted)
    expect(taken).to.have.lengthOf(2)
    expect(books(FRAMES)).to.deep.equal({ in: 3, out: 2, double: 1 })
  })

  it('does not let the untrusted use up ids, nor attribute', () => {
    const intake = make()
    intake(encode([makeMetric()]), untrusted)
    intake(encode([makeMetric()]), trusted)
    expect(taken.map(({ labels }) => labels.get('gear'))).to.deep.equal([undefined, 'aa11'])
    expect(books(FRAMES)).to.deep.equal({ in: 2, out: 2 })
  })

  it('counts what is not for us and what cannot be read, and goes on', () => {
    const intake = make()
    for (const text of ['<13>Nov 21 05:30:00 h sshd: hello', '<30>1 broken', '\0\xff', ''])
      intake(Buffer.from(text, 'latin1'), trusted)
    const { in: came, out, dropped } = ledger.total(FRAMES)
    expect([came, out]).to.deep.equal([4, 0])
    expect([...dropped.values()].reduce((sum, count) => sum + count, 0)).to.equal(4)
    expect(taken).to.deep.equal([])
  })

  it('counts pairs that are refused beside those that stand', () => {
    make()(Buffer.from('<13>Nov 21 05:30:00 h app: type=metric good=1 bad=x gear=zz'), untrusted)
    expect(taken).to.have.lengthOf(1)
    expect(books(SIGNALS)).to.deep.equal({ in: 3, out: 1, 'not-a-number': 1, 'reserved-key': 1 })
  })
})
