import { expect } from 'chai'
import { parseMemory } from '../../src/host/memory.ts'

const lines = (sizes: Readonly<Record<string, number>>): string =>
  Object.entries(sizes)
    .map(([name, kibibytes]) => `${name}:${String(kibibytes).padStart(12)} kB\n`)
    .join('')

describe('host/memory', () => {
  it('turns kibibytes into bytes', () => {
    const text = lines({ MemTotal: 1000, MemFree: 300, MemAvailable: 700, Buffers: 50, Cached: 250, SReclaimable: 60 })
    expect(parseMemory(text + lines({ SwapTotal: 500, SwapFree: 400 }))).to.deep.equal({
      total: 1_024_000,
      free: 307_200,
      available: 716_800,
      buffers: 51_200,
      cached: 256_000,
      reclaimable: 61_440,
      swapTotal: 512_000,
      swapFree: 409_600,
    })
  })

  it('estimates what is available where an old kernel does not: caches, without shared memory', () => {
    const text = lines({ MemTotal: 1000, MemFree: 300, Buffers: 50, Cached: 250, SReclaimable: 60, Shmem: 40 })
    expect(parseMemory(text)?.available).to.equal(620 * 1024)
  })

  it('never estimates less than nothing or more than all', () => {
    expect(parseMemory(lines({ MemTotal: 1000, Shmem: 40 }))?.available).to.equal(0)
    expect(parseMemory(lines({ MemTotal: 1000, MemAvailable: 2000 }))?.available).to.equal(1_024_000)
  })

  it('knows nothing without a total', () => {
    expect(parseMemory('')).to.equal(undefined)
    expect(parseMemory('MemTotal: lots\n')).to.equal(undefined)
  })
})
