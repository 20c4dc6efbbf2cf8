import { readdirSync, readFileSync, statSync } from 'node:fs'

/** A zombie is gone: it only waits for its parent to notice, which is none of our business. */
export const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

/** Pids of a user's living processes. */
export const processesOf = (uid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && ownerOf(name) === uid)
    .map(Number)
    .filter(isAlive)

const ownerOf = (pid: string): number | undefined => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid
