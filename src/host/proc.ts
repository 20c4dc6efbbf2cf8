import { readdirSync, readFileSync } from 'node:fs'

/** Ticks in which the kernel tells times to programs: 100 a second on every architecture that Node.js runs on. */
export const TICKS_PER_SECOND = 100

/** The kernel's text files. What cannot be read is not there: a process ends, a kernel is old, a right is missing. */
export interface Proc {
  readonly root: string
  /** @param path relative to the root */
  read(path: string): string | undefined
  /** Names in a directory, in no order; none when it cannot be read. */
  list(path: string): readonly string[]
}

/** Reads at once and not by the thread pool: procfs answers from memory, in a few microseconds. */
export const openProc = (root: string): Proc => ({
  root,
  read: (path) => unlessRefused(() => readFileSync(`${root}/${path}`, 'utf8')),
  list: (path) => unlessRefused(() => readdirSync(`${root}/${path}`)) ?? [],
})

/** Numbers of the processes that are there now. */
export const pidsIn = (proc: Proc): readonly string[] => proc.list('').filter((name) => /^\d+$/.test(name))

/** @returns undefined when the system refuses */
export const unlessRefused = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === undefined) throw thrown
    return undefined
  }
}
