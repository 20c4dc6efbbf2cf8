import { expect } from 'chai'
import { infoFigure, loadFigures, pressureFigures } from '../../../src/collectors/system/kernel.ts'
import { parseKernelStat } from '../../../src/host/kernel-stat.ts'
import { brief, makeFacts } from './facts.ts'

describe('collectors/system/kernel', () => {
  it('tells load, age and processes', () => {
    expect(brief(loadFigures(makeFacts({ load: [2, 3.61, 2.3], uptimeS: 5020.82, processes: 92 })))).to.deep.equal({
      'system.load.1m': 2,
      'system.load.5m': 3.61,
      'system.load.15m': 2.3,
      'system.uptime': 5020.82,
      'system.process.count': 92,
    })
  })

  it('tells pressure as time since boot and as part of ten seconds', () => {
    const pressure = new Map([['io', { some: { share10s: 0.25, totalS: 7.5 }, full: undefined }]] as const)
    const figures = pressureFigures(makeFacts({ pressure, stat: parseKernelStat('cpu  1 2 3 4\nbtime 100\n') }))
    expect(brief(figures)).to.deep.equal({ 'system.pressure.io.some.time': 7.5, 'system.pressure.io.some.avg10': 0.25 })
    expect(figures[0]).to.include({ kind: 'counter', unit: 's', startMs: 100_000 })
    expect(figures[1]).to.include({ kind: 'gauge', unit: '1' })
  })

  it('says what the node is in labels', () => {
    expect(infoFigure({ os: 'Some Linux 1', kernel: '6.1', arch: 'x64', cpuModel: 'Some CPU' })).to.deep.include({
      value: 1,
      labels: { os: 'Some Linux 1', kernel: '6.1', arch: 'x64', cpu_model: 'Some CPU' },
    })
    expect(infoFigure({ os: '', kernel: '6.1', arch: 'x64', cpuModel: '' }).labels).to.deep.equal({
      kernel: '6.1',
      arch: 'x64',
    })
  })
})
