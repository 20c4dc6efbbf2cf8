import { expect } from 'chai'
import type { Figure } from '../../../src/collectors/figure.ts'
import { quotaFigures } from '../../../src/collectors/quota/figures.ts'
import type { Usage } from '../../../src/collectors/quota/usage.ts'
import { createTrend } from '../../../src/collectors/trend.ts'

const values = (figures: readonly Figure[]): Record<string, number> =>
  Object.fromEntries(figures.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])))

const KIB = 1024
const LIMITED: Usage = { bytes: { used: 2048 * KIB, limit: 8192 * KIB }, files: { used: 77, limit: 308 } }

describe('quotaFigures', () => {
  it('tells blocks of 1 KiB as the original did, and bytes with limit and ratio', () => {
    expect(values(quotaFigures(LIMITED, createTrend()))).to.deep.equal({
      'quota.blocks.used': 2048,
      'quota.blocks.limit': 8192,
      'quota.files.used': 77,
      'quota.files.limit': 308,
      'container.filesystem.usage': 2048 * KIB,
      'container.filesystem.limit': 8192 * KIB,
      'container.filesystem.utilization': 0.25,
      'container.filesystem.inode.usage': 77,
      'container.filesystem.inode.limit': 308,
      'container.filesystem.inode.utilization': 0.25,
    })
  })

  it('tells no limit as 0 in the original names only', () => {
    const usage: Usage = { bytes: { used: 1 }, files: { used: 2 } }
    expect(values(quotaFigures(usage, createTrend()))).to.deep.equal({
      'quota.blocks.used': 1,
      'quota.blocks.limit': 0,
      'quota.files.used': 2,
      'quota.files.limit': 0,
      'container.filesystem.usage': 1,
      'container.filesystem.inode.usage': 2,
    })
  })

  it('tells nothing of files where they are not counted', () => {
    const names = Object.keys(values(quotaFigures({ bytes: { used: 1, limit: 2 } }, createTrend())))
    expect(names.filter((name) => /quota.files|inode/.test(name))).to.deep.equal([])
  })

  it('tells when the limit will be reached, if usage grows', () => {
    const trend = createTrend()
    trend.add(0, 0)
    trend.add(600_000, 2048 * KIB)
    expect(values(quotaFigures(LIMITED, trend)))
      .to.have.property('container.filesystem.time_to_full')
      .closeTo(1800, 1e-6)
    const free: Usage = { bytes: { used: 2048 * KIB } }
    expect(values(quotaFigures(free, trend))).not.to.have.property('container.filesystem.time_to_full')
  })

  it('has units', () => {
    const units = new Set(quotaFigures(LIMITED, createTrend()).map(({ unit }) => unit))
    expect([...units]).to.deep.equal(['KiBy', '{file}', 'By', '1', '{inode}', 's'])
  })
})
