import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { LF } from '../../message/ascii.ts'
import type { Script } from '../../node/gear.ts'
import type { RunOptions, ScriptRun, Who } from '../script-run.ts'
import { encodeFrame, FRAME, type Frame, type FrameKind, frameReader, MAX_CONTENT_BYTES } from './frames.ts'
import { type Readiness, requestText, type Terms } from './messages.ts'

/** How a run ended for the daemon: as the spawner says, or without its word. */
export type LinkRun = ScriptRun | 'lost' | 'stuck' | 'too-large'

/** The daemon's end of one spawner. */
export interface Link {
  /** Undefined when it ends, or says nothing for too long, before it is ready. */
  readonly ready: Promise<Readiness | undefined>
  run(script: Script, who: Who, options: RunOptions & Terms): Promise<LinkRun>
  /** Ends it, and with it what still runs. */
  close(): Promise<void>
}

export interface LinkParts {
  readonly times: LinkTimes
  /** Called once when it is gone, or given up, with its last words; what it ran is settled after that. */
  readonly onGone: (words: string) => void
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
  isStuck?: true
  /** Leader of its process group, where the spawner has no cgroup for it. */
  leader?: number
}

/** @param child a spawner that was just started */
export const openLink = (child: ChildProcess, { times, onGone }: LinkParts): Link => {
  const runs = new Map<number, Waiting>()
  keepNobody(child)
  let isGone = false
  const ready = Promise.withResolvers<Readiness | undefined>()
  // one that hangs in the kernel cannot be killed, and is not waited for
  const givenUp = Promise.withResolvers<string>()
  const kill = (): void => void child.kill('SIGKILL')
  const gone = Promise.race([lastWordsOf(child), givenUp.promise]).then((words) => {
    isGone = true
    onGone(words)
    for (const waiting of [...runs.values()]) abandon(waiting)
    ready.resolve(undefined)
  })
  listen(child, ({ kind, run, content }) => {
    if (kind === FRAME.ready) ready.resolve(JSON.parse(content.toString()) as Readiness)
    else deliver(kind, content, runs.get(run))
  })
  const late = setTimeout(kill, times.patienceMs)
  void ready.promise.then(() => clearTimeout(late))
  const onStuck = (): void => {
    kill()
    givenUp.resolve('it hung')
  }
  const begin = beginner(child, runs, { stuckMs: times.stuckMs, onStuck })
  return {
    ready: ready.promise,
    async run(script, who, options) {
      const text = requestText(script, who, options)
      if (Buffer.byteLength(text) > MAX_CONTENT_BYTES) return 'too-large'
      return isGone ? 'lost' : begin(text, options)
    },
    async close() {
      child.stdin?.end()
      const killer = setTimeout(kill, times.patienceMs)
      await gone
      clearTimeout(killer)
    },
  }
}

type Begin = (request: string, options: RunOptions) => Promise<LinkRun>

/** Has a run begun, and waits for its end. */
const beginner = (
  child: ChildProcess,
  runs: Map<number, Waiting>,
  { stuckMs, onStuck }: { readonly stuckMs: number; readonly onStuck: () => void },
): Begin => {
  let lastId = 0
  return async (request, { limits, abort, onLine }) => {
    lastId += 1
    const id = lastId
    const { promise, resolve: settle } = Promise.withResolvers<LinkRun>()
    const waiting: Waiting = { onLine, settle }
    const longestMs = limits.timeoutMs + limits.killDelayMs + stuckMs
    const stuck = setTimeout(() => {
      waiting.isStuck = true
      onStuck()
    }, longestMs)
    const onAbort = (): void => void child.stdin?.write(encodeFrame(FRAME.abort, id))
    runs.set(id, waiting)
    child.stdin?.write(encodeFrame(FRAME.run, id, request))
    abort.addEventListener('abort', onAbort)
    if (abort.aborted) onAbort()
    const run = await promise
    clearTimeout(stuck)
    abort.removeEventListener('abort', onAbort)
    runs.delete(id)
    return run
  }
}

/** What comes is read as long as it makes sense. */
const listen = (child: ChildProcess, take: (frame: Frame) => void): void => {
  const read = frameReader(take)
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch {
      child.kill('SIGKILL')
    }
  })
}

/** An idle spawner keeps no program from ending; a run does, by its timer. */
const keepNobody = (child: ChildProcess): void => {
  for (const held of [child, child.stdin, child.stdout, child.stderr]) (held as { unref?(): void } | null)?.unref?.()
}

const deliver = (kind: FrameKind, content: Buffer, waiting: Waiting | undefined): void => {
  if (!waiting) return
  if (kind === FRAME.lines) eachLine(content, waiting.onLine)
  else if (kind === FRAME.started) waiting.leader = Number(content.toString())
  else if (kind === FRAME.done) waiting.settle(JSON.parse(content.toString()) as ScriptRun)
}

const abandon = ({ leader, isStuck, settle }: Waiting): void => {
  if (leader !== undefined) killGroup(leader)
  settle(isStuck ? 'stuck' : 'lost')
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
