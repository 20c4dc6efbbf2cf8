import { expect } from 'chai'
import { runOnSystem } from '../../../src/commands/setup/system.ts'

describe('a command of the system', () => {
  it('is done', async () => expect(await runOnSystem(['true'])).to.equal('done'))

  it('may be missing', async () => expect(await runOnSystem(['/nowhere/oo-no-such-program'])).to.equal('not here'))

  it('tells why it failed', async () => {
    expect(await runOnSystem(['sh', '-c', 'echo full disk >&2; exit 3'])).to.deep.equal({ failed: 'full disk' })
  })
})
