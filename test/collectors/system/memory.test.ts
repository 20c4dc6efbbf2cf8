import { expect } from 'chai'
import { memoryFigures } from '../../../src/collectors/system/memory.ts'
import type { Memory } from '../../../src/host/memory.ts'
import { brief, makeFacts } from './facts.ts'

const memory: Memory = {
  total: 1000,
  free: 300,
  available: 600,
  buffers: 50,
  cached: 250,
  reclaimable: 50,
  swapTotal: 200,
  swapFree: 150,
}

describe('collectors/system/memory', () => {
  it('tells usage by state, limit and ratio', () => {
    expect(brief(memoryFigures(makeFacts({ memory })))).to.deep.equal({
      'system.memory.limit': 1000,
      'system.memory.available': 600,
      'system.memory.utilization': 0.4,
      'system.memory.usage used': 350,
      'system.memory.usage free': 300,
      'system.memory.usage buffers': 50,
      'system.memory.usage cached': 300,
      'system.swap.usage': 50,
      'system.swap.limit': 200,
      'system.swap.utilization': 0.25,
    })
  })

  it('has no ratio for swap where there is none', () => {
    const figures = brief(memoryFigures(makeFacts({ memory: { ...memory, swapTotal: 0, swapFree: 0 } })))
    expect(figures).to.include({ 'system.swap.limit': 0 }).and.not.to.have.property('system.swap.utilization')
  })

  it('knows nothing where the kernel tells nothing', () => expect(memoryFigures(makeFacts())).to.deep.equal([]))
})
