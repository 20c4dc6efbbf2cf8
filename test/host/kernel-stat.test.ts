import { expect } from 'chai'
import { parseKernelStat } from '../../src/host/kernel-stat.ts'

const TEXT = `cpu  1420 20 450 9200 380 15 35 5 90 7
cpu0 710 10 225 4600 190 8 17 2 45 0
cpu3 710 10 225 4600 190 7 18 3 45 0
btime 1699990000
processes 4512
`

describe('host/kernel-stat', () => {
  it('turns ticks into seconds', () => {
    expect(parseKernelStat(TEXT)?.cpu).to.deep.equal({
      user: 14.2,
      nice: 0.2,
      system: 4.5,
      idle: 92,
      iowait: 3.8,
      irq: 0.15,
      softirq: 0.35,
      steal: 0.05,
      guest: 0.9,
      guestNice: 0.07,
    })
  })

  it('counts the CPUs that are online, whatever their numbers', () => {
    expect(parseKernelStat(TEXT)?.cpus).to.equal(2)
  })

  it('tells when the node was started, and how many processes were', () => {
    const { bootMs, forks } = parseKernelStat(TEXT) ?? {}
    expect({ bootMs, forks }).to.deep.equal({ bootMs: 1_699_990_000_000, forks: 4512 })
  })

  it('takes what an old kernel lacks as 0', () => {
    const stat = parseKernelStat('cpu  1 2 3 4\ncpu0 1 2 3 4\n')
    expect(stat?.cpu).to.include({ idle: 0.04, iowait: 0, steal: 0, guestNice: 0 })
    expect(stat?.bootMs).to.equal(undefined)
  })

  for (const text of ['', 'cpu0 1 2 3 4\n', 'cpu  1 2 3\n', 'cpu  1 2 x 4\n', 'cpufreq 1 2 3 4\n']) {
    it(`knows nothing from ${JSON.stringify(text)}`, () => expect(parseKernelStat(text)).to.equal(undefined))
  }
})
