import { execFileSync } from 'node:child_process'
import { closeSync, constants, fchownSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Both ends of a pipe. */
export interface Fifo {
  /** Does not block. */
  readonly readEnd: number
  /** To be given to the script, and closed. */
  readonly writeEnd: number
}

export type Owner = { readonly uid: number; readonly gid: number }

/**
 * Makes real pipes, which Node.js does not: its own are sockets, and `echo >/dev/stderr` fails on a socket. A pipe belongs to
 * the gear, since that opens it anew, with the gear's rights.
 */
export interface Fifos {
  /** @throws an error of the file system or of mkfifo(1) */
  take(owner: Owner): Fifo
  /** Instead of closing the read end: nobody can write into it any more. */
  giveBack(owner: Owner, readEnd: number): void
}

/** mkfifo(1) is started once for so many pipes. */
const BATCH = 32
/** So many are kept for the next script of a gear. Every open file costs a little at every fork. */
const KEPT = 32
/** Where a name can be made for a moment; the first that can be written to. */
const PLACES = ['/run', '/dev/shm', '/tmp']

export const createFifos = (places: readonly string[] = PLACES): Fifos => {
  const fresh: number[] = []
  /** Of the same owner only: someone may still hold the other side of a used one. */
  const used = new Map<number, string>()

  const usedBy = (name: string): number | undefined => {
    for (const [readEnd, owner] of used) if (owner === name) return readEnd
    return undefined
  }
  const freshFor = ({ uid, gid }: Owner): Fifo => {
    if (fresh.length === 0) fresh.push(...makeBatch(places))
    const fifo = withWriteEnd(fresh.pop()!)
    try {
      fchownSync(fifo.writeEnd, uid, gid)
    } catch (thrown) {
      for (const fd of [fifo.readEnd, fifo.writeEnd]) closeSync(fd)
      throw thrown
    }
    return fifo
  }
  return {
    take(owner) {
      const readEnd = usedBy(nameOf(owner))
      if (readEnd === undefined) return freshFor(owner)
      used.delete(readEnd)
      return withWriteEnd(readEnd)
    },
    giveBack(owner, readEnd) {
      used.set(readEnd, nameOf(owner))
      const [oldest] = used.keys()
      if (used.size <= KEPT || oldest === undefined) return
      used.delete(oldest)
      closeSync(oldest)
    },
  }
}

const nameOf = ({ uid, gid }: Owner): string => `${uid}:${gid}`

const withWriteEnd = (readEnd: number): Fifo => {
  try {
    // its name is gone; this leads to it all the same
    return { readEnd, writeEnd: openSync(`/proc/self/fd/${readEnd}`, constants.O_WRONLY) }
  } catch (thrown) {
    closeSync(readEnd)
    throw thrown
  }
}

const makeBatch = (places: readonly string[]): readonly number[] => {
  const directory = makeDirectory(places)
  try {
    const paths = Array.from({ length: BATCH }, (_, at) => join(directory, String(at)))
    execFileSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore', timeout: 5000 })
    return paths.map((path) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const makeDirectory = (places: readonly string[]): string => {
  let why: unknown
  for (const place of places) {
    try {
      return mkdtempSync(join(place, 'oo-gather-metrics-'))
    } catch (thrown) {
      why = thrown
    }
  }
  throw why
}
