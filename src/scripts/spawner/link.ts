import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { LF } from '../../message/ascii.ts'
import type { Script } from '../../node/gear.ts'
import type { RunOptions, ScriptRun, Who } from '../script-run.ts'
import { encodeFrame, FRAME, type Frame, frameReader, MAX_CONTENT_BYTES } from './frames.ts'
import { type Readiness, requestText, type Terms } from './messages.ts'

/** How a run ended for the daemon: as the spawner says, or without its word. */
export type LinkRun = ScriptRun | 'lost' | 'stuck' | 'too-large'

/** The daemon's end of one spawner. */
export interface Link {
  /** Undefined when it ends, or says nothing for too long, before it is ready. */
  readonly ready: Promise<Readiness | undefined>
  run(script: Script, who: Who, options: RunOptions & Terms): Promise<LinkRun>
  /** Resolves when it is gone, to its last words; every run has been settled then. */
  readonly gone: Promise<string>
  /** Ends it, and with it what still runs. */
  close(): Promise<void>
}

export interface LinkTimes {
  /** From the start to being ready, and from being told to end to being killed. */
  readonly patienceMs: number
  /** Beyond the limits of a run: a spawner that says nothing for so long hangs, for example in a file system that does. */
  readonly stuckMs: number
}

interface Waiting {
  readonly onLine: (line: Buffer) => void
  readonly settle: (run: LinkRun) => void
  /** Leader of its process group, where the spawner has no cgroup for it. */
  leader?: number
}

/** @param child a spawner that was just started */
export const openLink = (child: ChildProcess, times: LinkTimes): Link => {
  const runs = new Map<number, Waiting>()
  let lastId = 0
  keepNobody(child)
  const { promise: ready, resolve: setReady } = Promise.withResolvers<Readiness | undefined>()
  const kill = (): void => void child.kill('SIGKILL')
  const read = frameReader((frame) => {
    if (frame.kind === FRAME.ready) setReady(JSON.parse(frame.content.toString()) as Readiness)
    else deliver(frame, runs.get(frame.run))
  })
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch {
      kill()
    }
  })
  const gone = lastWordsOf(child).then((words) => {
    for (const { leader, settle } of [...runs.values()]) {
      if (leader !== undefined) killGroup(leader)
      settle('lost')
    }
    setReady(undefined)
    return words
  })
  const late = setTimeout(kill, times.patienceMs)
  void ready.then(() => clearTimeout(late))

  return {
    ready,
    gone,
    run(script, who, { limits, isSuspect, abort, onLine }) {
      const text = requestText(script, who, { limits, isSuspect })
      if (Buffer.byteLength(text) > MAX_CONTENT_BYTES) return Promise.resolve('too-large')
      lastId += 1
      const id = lastId
      return new Promise((resolve) => {
        const end = (run: LinkRun): void => {
          clearTimeout(stuck)
          abort.removeEventListener('abort', onAbort)
          runs.delete(id)
          resolve(run)
        }
        const onAbort = (): void => void child.stdin?.write(encodeFrame(FRAME.abort, id))
        const stuck = setTimeout(
          () => {
            end('stuck')
            kill()
          },
          limits.timeoutMs + limits.killDelayMs + times.stuckMs,
        )
        runs.set(id, { onLine, settle: end })
        child.stdin?.write(encodeFrame(FRAME.run, id, text))
        abort.addEventListener('abort', onAbort)
        if (abort.aborted) onAbort()
      })
    },
    async close() {
      child.stdin?.end()
      const killer = setTimeout(kill, times.patienceMs)
      await gone
      clearTimeout(killer)
    },
  }
}

/** An idle spawner keeps no program from ending; a run does, by its timer. */
const keepNobody = (child: ChildProcess): void => {
  for (const held of [child, child.stdin, child.stdout, child.stderr]) (held as { unref?(): void } | null)?.unref?.()
}

const deliver = ({ kind, content }: Frame, waiting: Waiting | undefined): void => {
  if (!waiting) return
  if (kind === FRAME.lines) eachLine(content, waiting.onLine)
  else if (kind === FRAME.started) waiting.leader = Number(content.toString())
  else if (kind === FRAME.done) waiting.settle(JSON.parse(content.toString()) as ScriptRun)
}

const eachLine = (lines: Buffer, take: (line: Buffer) => void): void => {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(LF, at)
    take(lines.subarray(at, end))
    at = end + 1
  }
}

const WORDS_CHARS = 1000

/** Does not wait for its pipes: a child that hangs before its first instruction still holds them. */
const lastWordsOf = async (child: ChildProcess): Promise<string> => {
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-WORDS_CHARS)
  })
  for (const pipe of child.stdio) pipe?.on('error', () => {}) // it is going
  try {
    await once(child, 'exit')
    await new Promise((resolve) => setImmediate(resolve))
  } catch (thrown) {
    words = (thrown as Error).message
  }
  for (const pipe of child.stdio) pipe?.destroy()
  return words.trim()
}

const killGroup = (leader: number): void => {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // it is gone
  }
}
