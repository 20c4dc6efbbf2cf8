import { expect } from 'chai'
import type { Figure } from '../../../src/collectors/figure.ts'
import { figuresOf } from '../../../src/collectors/process/figures.ts'
import { createProcessMemories } from '../../../src/collectors/process/memories.ts'
import { addTo, createTally, type ProcessLook } from '../../../src/collectors/process/tally.ts'
import { makeLook } from './look.ts'

/** What is said in each of some rounds, a minute apart. */
const rounds = (...looks: readonly (readonly ProcessLook[])[]): readonly (readonly Figure[])[] => {
  const memory = createProcessMemories().open('aa')
  return looks.map((processes, at) => {
    const tally = createTally()
    for (const look of processes) addTo(tally, look)
    return figuresOf(tally, memory, { timeMs: 1_000_000_000 + at * 60_000, uptimeS: 1000 + at * 60 })
  })
}
const brief = (figures: readonly Figure[] = []): Record<string, number | undefined> =>
  Object.fromEntries(
    figures.map(({ name, labels, value }) => [[name, ...Object.values(labels ?? {})].join(' '), value]),
  )

describe('collectors/process/figures', () => {
  it('says everything of a gear, in seconds and bytes', () => {
    const [figures] = rounds([
      makeLook('1', { userTicks: 150, systemTicks: 50, startTicks: 90_050, openFiles: 512 }),
      makeLook('2', { threads: 4, state: 'zombie', startTicks: 99_000, openFiles: 0 }),
    ])
    expect(brief(figures)).to.deep.equal({
      'process.thread.count': 5,
      'process.memory.usage': 2000,
      'process.memory.virtual': 4000,
      'process.unix.file_descriptor.count': 512,
      'process.unix.file_descriptor.limit': 1024,
      'process.unix.file_descriptor.utilization': 0.5,
      'process.uptime': 99.5,
      'process.cpu.time user': 1.5,
      'process.cpu.time system': 0.5,
      'process.count running': 0,
      'process.count sleeping': 1,
      'process.count zombie': 1,
    })
  })

  it('says only of CPU time that it is a counter, and since when', () => {
    const [figures = []] = rounds([makeLook('1', { startTicks: 90_050 })])
    const counters = figures.filter(({ kind }) => kind === 'counter')
    expect(counters.map(({ name, unit, startMs }) => [name, unit, startMs])).to.deep.equal([
      ['process.cpu.time', 's', 999_900_500],
      ['process.cpu.time', 's', 999_900_500],
    ])
  })

  it('keeps the start of the counter when the oldest process ends', () => {
    const [, second = []] = rounds(
      [makeLook('1'), makeLook('2', { startTicks: 500 })],
      [makeLook('2', { startTicks: 500 })],
    )
    expect(second.find(({ name }) => name === 'process.cpu.time')?.startMs).to.equal(999_001_000)
  })

  it('tells a state from the first sight on, with 0 when it is over', () => {
    const said = rounds([makeLook('1')], [makeLook('1', { state: 'disk' })], [makeLook('1')])
    expect(said.map((figures) => brief(figures)['process.count disk'])).to.deep.equal([undefined, 1, 0])
  })

  it('says that nothing is there with zeros, and no age', () => {
    const [figures] = rounds([])
    expect(brief(figures)).to.include({
      'process.thread.count': 0,
      'process.memory.usage': 0,
      'process.unix.file_descriptor.count': 0,
      'process.unix.file_descriptor.utilization': undefined,
      'process.uptime': undefined,
      'process.cpu.time user': 0,
      'process.count running': 0,
      'process.count sleeping': 0,
    })
  })

  it('has no negative age for a process that began after the clock was read', () => {
    expect(brief(rounds([makeLook('1', { startTicks: 100_500 })])[0])['process.uptime']).to.equal(0)
  })
})
