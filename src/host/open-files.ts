import { readdirSync, statfsSync, statSync } from 'node:fs'

/** Whatever is to be spent on counting files one by one. */
export interface CountBudget {
  entries: number
}

/**
 * Counts the open files of a process.
 * @param slots at least as many as there are files, see ProcessStatus
 * @returns undefined when they are not ours to count, or when counting them would cost more than is left
 */
export type CountOpenFiles = (pid: string, slots: number, budget: CountBudget) => number | undefined

const PROC_SUPER_MAGIC = 0x9fa0

/**
 * Since Linux 6.2 the size of `PID/fd` is the number of open files, for everybody to see. Before, its entries have to be
 * counted, which needs the right to trace the process, and takes long when it has opened very many.
 */
export const createOpenFilesCounter = (procRoot: string): CountOpenFiles => {
  const directoryOf = (pid: string): string => `${procRoot}/${pid}/fd`
  const isSizeCount = tellsCount(directoryOf('self'), procRoot)
  return (pid, slots, budget) =>
    zeroWhenGone(() => {
      if (isSizeCount) return statSync(directoryOf(pid)).size
      budget.entries -= slots
      return budget.entries < 0 ? undefined : readdirSync(directoryOf(pid)).length
    })
}

const tellsCount = (ownDirectory: string, procRoot: string): boolean => {
  try {
    return statfsSync(procRoot).type === PROC_SUPER_MAGIC && statSync(ownDirectory).size > 0
  } catch {
    return false
  }
}

/** A process that ended in between has closed its files. */
const zeroWhenGone = (count: () => number | undefined): number | undefined => {
  try {
    return count()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === undefined) throw thrown
    return code === 'ENOENT' || code === 'ESRCH' ? 0 : undefined
  }
}
