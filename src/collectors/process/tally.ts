import type { CountBudget } from '../../host/open-files.ts'
import type { ProcessState } from '../../host/process.ts'

/** What is looked at of one process. */
export interface ProcessLook {
  readonly pid: string
  readonly state: ProcessState
  readonly threads: number
  readonly rssBytes: number
  readonly virtualBytes: number
  readonly userTicks: number
  readonly systemTicks: number
  readonly startTicks: number
  /** Undefined: not to be known. */
  readonly openFiles: number | undefined
  readonly openFilesLimit: number | undefined
}

/** The processes of one gear in one pass, added up. */
export interface Tally {
  readonly states: Map<ProcessState, number>
  readonly processes: ProcessLook[]
  /** What may still be spent on counting open files of this gear. */
  readonly budget: CountBudget
  threads: number
  rssBytes: number
  virtualBytes: number
  /** Undefined as soon as one process's are not known: a part would look like all. */
  openFiles: number | undefined
  /** Of the process that is nearest to its limit. */
  nearest: { readonly limit: number; readonly ratio: number } | undefined
  oldestTicks: number | undefined
}

/** One gear with very many open files must not make all others late: about 5 ms, where they have to be counted one by one. */
const COUNTED_ENTRIES = 16_384

export const createTally = (): Tally => ({
  states: new Map(),
  processes: [],
  budget: { entries: COUNTED_ENTRIES },
  threads: 0,
  rssBytes: 0,
  virtualBytes: 0,
  openFiles: 0,
  nearest: undefined,
  oldestTicks: undefined,
})

export const addTo = (tally: Tally, look: ProcessLook): void => {
  tally.processes.push(look)
  tally.states.set(look.state, (tally.states.get(look.state) ?? 0) + 1)
  tally.threads += look.threads
  tally.rssBytes += look.rssBytes
  tally.virtualBytes += look.virtualBytes
  tally.oldestTicks = Math.min(look.startTicks, tally.oldestTicks ?? look.startTicks)
  addOpenFiles(tally, look)
}

const addOpenFiles = (tally: Tally, { openFiles, openFilesLimit }: ProcessLook): void => {
  if (openFiles === undefined || tally.openFiles === undefined) {
    tally.openFiles = undefined
    tally.nearest = undefined
    return
  }
  tally.openFiles += openFiles
  if (!openFilesLimit) return
  const ratio = openFiles / openFilesLimit
  if (ratio > (tally.nearest?.ratio ?? -1)) tally.nearest = { limit: openFilesLimit, ratio }
}
