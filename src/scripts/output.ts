import { LineSplitter } from '../message/lines.ts'
import type { RunLimits, RunOptions, ScriptRun } from './script-run.ts'

const TAIL_BYTES = 4096

/** What a run wrote, read under its limits. */
export interface Output {
  readonly stdout: (chunk: Buffer) => void
  readonly stderr: (chunk: Buffer) => void
  /**
   * Nothing follows.
   * @param isWhole the script ended by itself, so that a last line without a newline is what it meant to print
   */
  end(isWhole: boolean): Pick<ScriptRun, 'output' | 'linesTooLong' | 'lineUnfinished' | 'stderrTail'>
}

/** @param onCut called once, when a limit is exceeded; nothing is taken from then on */
export const createOutput = (
  { limits, onLine }: Pick<RunOptions, 'onLine'> & { readonly limits: Omit<RunLimits, 'timeoutMs' | 'killDelayMs'> },
  onCut: () => void,
): Output => {
  const splitter = new LineSplitter(limits)
  const left = { stdout: limits.maxOutputBytes, stderr: limits.maxOutputBytes, lines: limits.maxLines }
  let output: ScriptRun['output'] = 'whole'
  let tail: Buffer = Buffer.alloc(0)

  const cut = (how: ScriptRun['output']): void => {
    if (output !== 'whole') return
    output = how
    onCut()
  }
  /** As much of a chunk as the limit still allows. */
  const within = (stream: 'stdout' | 'stderr', chunk: Buffer): Buffer => {
    const taken = chunk.subarray(0, left[stream])
    left[stream] -= taken.length
    if (taken.length < chunk.length) cut('cut-bytes')
    return taken
  }
  const takeLine = (line: Buffer): void => {
    if (left.lines > 0) onLine(line)
    else cut('cut-lines')
    left.lines -= 1
  }

  return {
    stdout(chunk) {
      if (output === 'whole') splitter.push(within('stdout', chunk), takeLine)
    },
    stderr(chunk) {
      if (output === 'whole') tail = lastOf(tail, within('stderr', chunk))
    },
    end(isWhole) {
      let lineUnfinished = false
      const noteTorn = (): void => {
        lineUnfinished = true
      }
      if (output === 'whole') splitter.end(isWhole ? takeLine : noteTorn)
      return { output, linesTooLong: splitter.tooLong, lineUnfinished, stderrTail: readable(tail) }
    },
  }
}

// copied: a view would keep the whole chunk it came in
const lastOf = (tail: Buffer, chunk: Buffer): Buffer =>
  chunk.length >= TAIL_BYTES
    ? Buffer.from(chunk.subarray(-TAIL_BYTES))
    : Buffer.concat([tail.subarray(Math.max(0, tail.length + chunk.length - TAIL_BYTES)), chunk])

/** The cut may have gone through a character: its rest is left out. What is no UTF-8 and what controls a terminal becomes U+FFFD. */
const readable = (tail: Buffer): string => {
  let start = 0
  while (tail.length === TAIL_BYTES && start < 3 && (tail[start]! & 0xc0) === 0x80) start += 1
  return tail
    .subarray(start)
    .toString()
    .replace(/(?![\n\t])\p{Cc}/gu, '\ufffd')
}
