import { expect } from 'chai'
import { createCpuFigures, type ModeTimes, steadied, utilizationOf } from '../../../src/collectors/system/cpu.ts'
import { type KernelStat, parseKernelStat } from '../../../src/host/kernel-stat.ts'
import { brief, makeFacts } from './facts.ts'

const statOf = (line: string): KernelStat | undefined =>
  parseKernelStat(`cpu  ${line}\ncpu0 ${line}\nbtime 1699990000\n`)
const times = (changes: Partial<ModeTimes> = {}): ModeTimes => ({
  user: 10,
  nice: 0,
  system: 10,
  idle: 100,
  iowait: 10,
  interrupt: 0,
  steal: 0,
  ...changes,
})

describe('collectors/system/cpu', () => {
  it('tells time by mode, all of it and none twice', () => {
    const figures = createCpuFigures()(makeFacts({ stat: statOf('1420 20 450 9200 380 15 35 5 90 7') }))
    expect(brief(figures)).to.deep.equal({
      'system.cpu.count': 1,
      'system.cpu.time user': 14.2,
      'system.cpu.time nice': 0.2,
      'system.cpu.time system': 4.5,
      'system.cpu.time idle': 92,
      'system.cpu.time iowait': 3.8,
      'system.cpu.time interrupt': 0.5,
      'system.cpu.time steal': 0.05,
    })
    const [counted] = figures.filter(({ kind, value }) => kind === 'counter' && value !== undefined)
    expect(counted).to.include({ startMs: 1_699_990_000_000, unit: 's' })
  })

  it('tells utilization from the second look on; the modes add up to 1', () => {
    const figuresOf = createCpuFigures()
    figuresOf(makeFacts({ stat: statOf('1000 20 300 8000 150 10 20 0 40 0') }))
    const second = brief(figuresOf(makeFacts({ stat: statOf('1420 20 450 9200 380 15 35 5 90 0') })))
    const utilizations = Object.entries(second).filter(([name]) => name.startsWith('system.cpu.utilization'))
    expect(utilizations).to.have.length(7)
    expect(utilizations.reduce((sum, [, value]) => sum + value, 0)).to.be.closeTo(1, 1e-9)
    // total 2025, idle 1200, iowait 230
    expect(second['system.cpu.utilization idle']).to.be.closeTo(1200 / 2025, 1e-9)
    expect(second['system.cpu.utilization iowait']).to.be.closeTo(230 / 2025, 1e-9)
  })

  it('knows nothing where the kernel tells nothing', () => {
    expect(createCpuFigures()(makeFacts())).to.deep.equal([])
  })

  it('has no utilization where no time passed', () => {
    expect(Object.values(utilizationOf(times(), times())).filter((value) => value !== undefined)).to.deep.equal([])
  })

  it('does not take a step back for work', () => {
    expect(utilizationOf(times({ user: 20, iowait: 9 }), times())).to.include({ user: 1, iowait: 0 })
  })

  it('lets no counter fall by a little, as the kernel does with idle and iowait', () => {
    expect(steadied(times({ iowait: 7.5, user: 12 }), times())).to.deep.equal(times({ user: 12 }))
  })

  it('follows a fall by much: a CPU went away', () => {
    expect(steadied(times({ idle: 50 }), times())).to.deep.equal(times({ idle: 50 }))
  })
})
