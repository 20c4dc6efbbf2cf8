import { readdirSync, readFileSync, statSync } from 'node:fs'

/** Pids of a user's `sleep` processes. */
export const sleepersOf = (uid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => isSleeper(name, uid))
    .map(Number)

const isSleeper = (pid: string, uid: number): boolean => {
  try {
    return (
      /^\d+$/.test(pid) &&
      statSync(`/proc/${pid}`).uid === uid &&
      readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n'
    )
  } catch {
    return false
  }
}
