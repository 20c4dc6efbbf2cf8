import { expect } from 'chai'
import fc from 'fast-check'
import { createCpuTimeMemory } from '../../../src/collectors/process/cpu-time.ts'
import type { ProcessLook } from '../../../src/collectors/process/tally.ts'
import { makeLook } from './look.ts'

const process = (pid: string, userTicks: number, changes: Partial<ProcessLook> = {}): ProcessLook =>
  makeLook(pid, { userTicks, ...changes })

/** User time after each look; looks are 1000 ticks apart, the first at 1000. */
const userTicksOf = (...looks: readonly (readonly ProcessLook[])[]): number[] => {
  const memory = createCpuTimeMemory()
  return looks.map((look, at) => memory.advance(look, (at + 1) * 1000).userTicks)
}

describe('collectors/process/cpu-time', () => {
  it('begins with all that the processes have used', () => {
    const memory = createCpuTimeMemory()
    const looks = [makeLook('1', { userTicks: 30, systemTicks: 5 }), makeLook('2', { userTicks: 12, systemTicks: 1 })]
    expect(memory.advance(looks, 1000)).to.deep.equal({ userTicks: 42, systemTicks: 6 })
  })

  it('adds what was used since', () => {
    expect(userTicksOf([process('1', 30)], [process('1', 50)], [process('1', 50)])).to.deep.equal([30, 50, 50])
  })

  it('does not fall when a process ends', () => {
    expect(userTicksOf([process('1', 30), process('2', 5)], [process('2', 7)], [])).to.deep.equal([35, 37, 37])
  })

  it('counts a new process whole', () => {
    expect(userTicksOf([process('1', 30)], [process('1', 30), process('2', 8, { startTicks: 1500 })])).to.deep.equal([
      30, 38,
    ])
  })

  it('takes a pid that is used again for another process', () => {
    expect(userTicksOf([process('1', 30)], [process('1', 4, { startTicks: 1500 })])).to.deep.equal([30, 34])
    expect(userTicksOf([process('1', 30)], [process('1', 90, { startTicks: 1500 })])).to.deep.equal([30, 120])
  })

  it('does not count twice what was out of sight for a while', () => {
    expect(userTicksOf([process('1', 30)], [], [process('1', 50)], [process('1', 55)])).to.deep.equal([30, 30, 30, 35])
  })

  it('never falls, whatever the kernel tells', () => {
    const anyLook = fc.array(
      fc.record({ pid: fc.constantFrom('1', '2', '3'), ticks: fc.nat(100), startTicks: fc.nat(5000) }),
    )
    fc.assert(
      fc.property(fc.array(anyLook), (looks) => {
        const totals = userTicksOf(
          ...looks.map((look) => look.map(({ pid, ticks, startTicks }) => process(pid, ticks, { startTicks }))),
        )
        for (const [at, total] of totals.entries()) expect(total).to.be.at.least(totals[at - 1] ?? 0)
      }),
    )
  })
})
