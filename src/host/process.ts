import { wholeNumbers } from './text.ts'

/** running: on a CPU or ready for one; disk: waits and cannot be disturbed; stopped: also by a debugger. */
export const processStates = ['running', 'sleeping', 'disk', 'stopped', 'zombie'] as const
export type ProcessState = (typeof processStates)[number]

/** Times in ticks, see TICKS_PER_SECOND. */
export interface ProcessStat {
  readonly state: ProcessState
  readonly threads: number
  readonly virtualBytes: number
  readonly userTicks: number
  readonly systemTicks: number
  /** Since boot. A pid and its start name a process for good. */
  readonly startTicks: number
}

// by the letters of proc(5); what is not listed sleeps in some way or other
const STATES: Readonly<Record<string, ProcessState>> = {
  R: 'running',
  D: 'disk',
  T: 'stopped',
  t: 'stopped',
  Z: 'zombie',
  X: 'zombie',
  x: 'zombie',
}

/** `PID/stat`. A process chooses its own name, which stands in parentheses and may hold blanks, line ends and more of them. */
export const parseProcessStat = (text: string): ProcessStat | undefined => {
  const [letter, ...words] = text.slice(text.lastIndexOf(')') + 2).split(' ', 22)
  // tpgid may be -1
  const numbers = wholeNumbers(
    WANTED.map((at) => words[at] ?? ''),
    WANTED.length,
  )
  if (!letter || !numbers) return undefined
  const [userTicks = 0, systemTicks = 0, threads = 0, startTicks = 0, virtualBytes = 0] = numbers
  return { state: STATES[letter] ?? 'sleeping', threads, virtualBytes, userTicks, systemTicks, startTicks }
}

/** utime, stime, num_threads, starttime, vsize: counted from ppid, which is the 4th of proc(5). */
const WANTED = [10, 11, 16, 18, 19]

export interface ProcessStatus {
  /** The real one: what a setuid program was started by. */
  readonly uid: number
  /** Exact, while the one in `PID/stat` may be behind. */
  readonly rssBytes: number
  /** Places for open files; at least as many as there are open files. */
  readonly descriptorSlots: number
}

/** `PID/status`; there the kernel escapes line ends in the name. */
export const parseProcessStatus = (text: string): ProcessStatus | undefined => {
  const uid = numberAfter(text, '\nUid:\t')
  if (uid === undefined) return undefined
  return {
    uid,
    // a zombie and a thread of the kernel have no memory
    rssBytes: (numberAfter(text, '\nVmRSS:\t') ?? 0) * 1024,
    descriptorSlots: numberAfter(text, '\nFDSize:\t') ?? 0,
  }
}

/** Soft limit of open files, from `PID/limits`; undefined: none, or not told. */
export const parseOpenFilesLimit = (text: string): number | undefined => numberAfter(text, '\nMax open files ')

/** Paths of the cgroups, from `PID/cgroup`: one line for each hierarchy of v1, and `0::path` for v2. */
export const parseCgroups = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => /^\d+:[^:]*:(\/.*)$/.exec(line)?.[1] ?? [])

/** Read by hand, as this is done for each process of the node: a regular expression takes three times as long. */
const numberAfter = (text: string, heading: string): number | undefined => {
  const found = text.indexOf(heading)
  if (found < 0) return undefined
  const number = Number.parseInt(text.slice(found + heading.length, found + heading.length + 40), 10)
  return Number.isNaN(number) ? undefined : number
}
