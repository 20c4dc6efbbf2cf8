import { setImmediate } from 'node:timers/promises'
import type { CountOpenFiles } from '../../host/open-files.ts'
import { openProc, type Proc, pidsIn } from '../../host/proc.ts'
import { parseOpenFilesLimit, parseProcessStat, parseProcessStatus } from '../../host/process.ts'
import type { Gear } from '../../node/gear.ts'
import type { Owners } from './owners.ts'
import { addTo, createTally, type ProcessLook, type Tally } from './tally.ts'

/** Longest time that the event loop is held; a process takes 10 to 20 microseconds. */
const LONGEST_MS = 8

/** Takes a breath when it is time. */
export const createBreather = (): (() => Promise<void> | undefined) => {
  let sinceMs = performance.now()
  return () => {
    if (performance.now() - sinceMs < LONGEST_MS) return undefined
    return setImmediate().then(() => {
      sinceMs = performance.now()
    })
  }
}

export interface PassParts {
  readonly procRoot: string
  readonly countOpenFiles: CountOpenFiles
  readonly owners: Owners
  /** Called between processes; what it returns is awaited. */
  readonly breathe: () => Promise<void> | undefined
}

/**
 * Looks once at every process of the node. Processes come and go meanwhile: one that ended before all was read is left out.
 * @returns gears that have processes
 */
export const passOver = async (parts: PassParts, abort: AbortSignal): Promise<ReadonlyMap<Gear, Tally>> => {
  const proc = openProc(parts.procRoot)
  const tallies = new Map<Gear, Tally>()
  for (const pid of pidsIn(proc)) {
    const breath = parts.breathe()
    if (breath) await breath
    if (abort.aborted) break
    lookAt(pid, proc, { ...parts, tallies })
  }
  return tallies
}

const lookAt = (pid: string, proc: Proc, parts: PassParts & { readonly tallies: Map<Gear, Tally> }): void => {
  const { owners, tallies, countOpenFiles } = parts
  const status = parseProcessStatus(proc.read(`${pid}/status`) ?? '')
  const gear = status && ownerOf(pid, status.uid, { proc, owners })
  const stat = gear && parseProcessStat(proc.read(`${pid}/stat`) ?? '')
  if (!stat) return
  const tally = tallies.get(gear) ?? createTally()
  tallies.set(gear, tally)
  // what is left of a zombie has no files
  const openFiles = stat.state === 'zombie' ? 0 : countOpenFiles(pid, status.descriptorSlots, tally.budget)
  const openFilesLimit = openFiles ? parseOpenFilesLimit(proc.read(`${pid}/limits`) ?? '') : undefined
  const look: ProcessLook = { pid, ...stat, rssBytes: status.rssBytes, openFiles, openFilesLimit }
  addTo(tally, look)
}

const ownerOf = (
  pid: string,
  uid: number,
  { proc, owners }: { readonly proc: Proc; readonly owners: Owners },
): Gear | undefined =>
  owners.byUid(uid) ?? (owners.needsCgroups ? owners.byCgroup(proc.read(`${pid}/cgroup`) ?? '') : undefined)
