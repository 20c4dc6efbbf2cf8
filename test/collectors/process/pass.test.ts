import { expect } from 'chai'
import { createOwners } from '../../../src/collectors/process/owners.ts'
import { createBreather, type PassParts, passOver } from '../../../src/collectors/process/pass.ts'
import { createOpenFilesCounter } from '../../../src/host/open-files.ts'
import { makeGear } from '../../support/gear.ts'

const procRoot = 'test/fixtures/host/proc'
const aa = makeGear('aa11', { uid: 2001 })
const parts: PassParts = {
  procRoot,
  countOpenFiles: createOpenFilesCounter(procRoot),
  owners: createOwners([aa, makeGear('cc33', { uid: 2004 })]),
  breathe: () => undefined,
}
const going = new AbortController().signal

describe('collectors/process/pass', () => {
  it('looks at the processes of gears, and leaves out what ended meanwhile', async () => {
    const tallies = await passOver(parts, going)
    expect([...tallies.keys()].map(({ id }) => id)).to.deep.equal(['aa11'])
    expect(
      tallies
        .get(aa)
        ?.processes.map(({ pid }) => pid)
        .sort(),
    ).to.deep.equal(['101', '102', '103'])
  })

  it('waits when it is told to', async () => {
    let breaths = 0
    const breathe = async (): Promise<void> => {
      breaths += 1
    }
    expect((await passOver({ ...parts, breathe }, going)).size).to.equal(1)
    expect(breaths).to.equal(7)
  })

  it('stops at the next breath when it is told to', async () => {
    const abort = new AbortController()
    const breathe = async (): Promise<void> => abort.abort()
    expect((await passOver({ ...parts, breathe }, abort.signal)).size).to.equal(0)
  })

  it('takes a breath after some time only, and lets others have their turn then', async () => {
    const breathe = createBreather()
    expect(breathe()).to.equal(undefined)
    const startMs = performance.now()
    while (performance.now() - startMs < 10);
    let hadTurn = false
    setImmediate(() => {
      hadTurn = true
    })
    const breath = breathe()
    expect(breath).to.be.instanceOf(Promise)
    await breath
    expect(hadTurn).to.equal(true)
    expect(breathe()).to.equal(undefined)
  })
})
