import { expect } from 'chai'
import { createReceivers, receiversSchema } from '../../src/receivers/registry.ts'
import { Collected } from './collect.ts'

describe('receiver registry', () => {
  const names = (settings: object): string[] => {
    const receivers = createReceivers(receiversSchema.parse(settings), new Collected())
    for (const receiver of receivers) if (receiver.name === 'udp') void receiver.close()
    return receivers.map(({ name }) => name)
  }

  it('opens the private Unix socket alone by default', () => {
    expect(names({})).to.deep.equal(['unix'])
  })

  it('opens what is switched on', () => {
    expect(names({ unix: { enabled: false }, tcp: { enabled: true }, udp: { enabled: true } })).to.deep.equal([
      'tcp',
      'udp',
    ])
  })
})
