/** All in bytes. */
export interface Memory {
  readonly total: number
  readonly free: number
  /** What programs can still have without swapping, as the kernel estimates it. */
  readonly available: number
  readonly buffers: number
  /** The page cache. */
  readonly cached: number
  /** Caches of the kernel itself that it gives up when memory is short. */
  readonly reclaimable: number
  readonly swapTotal: number
  readonly swapFree: number
}

/** `meminfo`. Before Linux 3.14 there is no MemAvailable: then all caches count as available, shared memory does not. */
export const parseMemory = (text: string): Memory | undefined => {
  const sizes = new Map<string, number>()
  for (const [, name = '', kibibytes] of text.matchAll(/^(\w+): +(\d+) kB$/gm))
    sizes.set(name, Number(kibibytes) * 1024)
  const of = (name: string): number => sizes.get(name) ?? 0
  const [total, free] = [of('MemTotal'), of('MemFree')]
  if (total === 0) return undefined
  const [buffers, cached, reclaimable] = [of('Buffers'), of('Cached'), of('SReclaimable')]
  const estimate = Math.max(free + buffers + cached + reclaimable - of('Shmem'), 0)
  const available = Math.min(sizes.get('MemAvailable') ?? estimate, total)
  return {
    total,
    free,
    available,
    buffers,
    cached,
    reclaimable,
    swapTotal: of('SwapTotal'),
    swapFree: of('SwapFree'),
  }
}
