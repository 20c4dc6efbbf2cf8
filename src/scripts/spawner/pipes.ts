import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { fifoSource, type Source, streamSource } from '../source.ts'
import type { Fifo, Fifos, Owner } from './fifos.ts'

/** Standard output and standard error of a script that is about to be started. */
export interface Pipes {
  /** For the spawn, as its second and third `stdio`. */
  readonly given: readonly [number | 'pipe', number | 'pipe']
  /** To be called once after the spawn, whatever became of it: the script's ends are its own now. */
  handedOver(): void
  sourcesOf(child: ChildProcess): { readonly stdout: Source; readonly stderr: Source }
  /** Instead of `sourcesOf`: there is no child. */
  abandon(): void
}

/** @param owner whose the pipes are to be */
export const openPipes = (fifos: Fifos, owner: Owner): Pipes => {
  const pair = takeTwo(fifos, owner)
  return pair ? overFifos(pair, (readEnd) => fifos.giveBack(owner, readEnd)) : overSockets
}

/** Undefined where none can be made: a script then writes into sockets, as Node.js has it. */
const takeTwo = (fifos: Fifos, owner: Owner): readonly [Fifo, Fifo] | undefined => {
  let first: Fifo | undefined
  try {
    first = fifos.take(owner)
    return [first, fifos.take(owner)]
  } catch {
    for (const fd of first ? [first.readEnd, first.writeEnd] : []) closeSync(fd)
    return undefined
  }
}

const overFifos = (pair: readonly [Fifo, Fifo], giveBack: (readEnd: number) => void): Pipes => ({
  given: [pair[0].writeEnd, pair[1].writeEnd],
  handedOver() {
    for (const { writeEnd } of pair) closeSync(writeEnd)
  },
  sourcesOf: () => ({ stdout: fifoSource(pair[0].readEnd, giveBack), stderr: fifoSource(pair[1].readEnd, giveBack) }),
  abandon() {
    for (const { readEnd } of pair) closeSync(readEnd)
  },
})

const overSockets: Pipes = {
  given: ['pipe', 'pipe'],
  handedOver() {},
  sourcesOf: ({ stdout, stderr }) => ({ stdout: streamSource(stdout!), stderr: streamSource(stderr!) }),
  abandon() {},
}
