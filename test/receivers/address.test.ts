import { expect } from 'chai'
import { formatAddress } from '../../src/receivers/address.ts'

describe('address of a receiver', () => {
  it('has brackets around IPv6', () => {
    expect(formatAddress('tcp', '127.0.0.1', 514)).to.equal('tcp:127.0.0.1:514')
    expect(formatAddress('udp', '::1', 514)).to.equal('udp:[::1]:514')
  })
})
