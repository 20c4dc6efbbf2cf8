import type { ScriptRun } from '../script-run.ts'
import { encodeFrame, FRAME } from './frames.ts'
import type { Readiness } from './messages.ts'

/** What goes back to the daemon. Bounded by what the runs of a moment may print, since the daemon starts no more than that. */
export interface Outbox {
  ready(readiness: Readiness): void
  started(run: number, pid: number): void
  line(run: number, line: Buffer): void
  done(run: number, result: ScriptRun): void
}

/** Lines wait so long for company: most scripts have ended by then, and all of it is one write. */
const FLUSH_MS = 20
const FLUSH_BYTES = 16_384

const NEWLINE = Buffer.from('\n')

export const createOutbox = (write: (bytes: Buffer) => void): Outbox => {
  const waiting = new Map<number, Buffer[]>()
  let bytes = 0
  let timer: NodeJS.Timeout | undefined

  const linesOf = (run: number): readonly Buffer[] => {
    const lines = waiting.get(run)
    waiting.delete(run)
    return lines ? [encodeFrame(FRAME.lines, run, Buffer.concat(lines))] : []
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    bytes = 0
    const frames = [...waiting.keys()].flatMap(linesOf)
    if (frames.length > 0) write(Buffer.concat(frames))
  }
  return {
    ready: (readiness) => write(encodeFrame(FRAME.ready, 0, JSON.stringify(readiness))),
    started: (run, pid) => write(encodeFrame(FRAME.started, run, String(pid))),
    line(run, line) {
      const lines = waiting.get(run) ?? []
      waiting.set(run, lines)
      // copied: it is valid only now
      lines.push(Buffer.from(line), NEWLINE)
      bytes += line.length + 1
      if (bytes >= FLUSH_BYTES) flush()
      else timer ??= setTimeout(flush, FLUSH_MS)
    },
    done(run, result) {
      write(Buffer.concat([...linesOf(run), encodeFrame(FRAME.done, run, JSON.stringify(result))]))
    },
  }
}
