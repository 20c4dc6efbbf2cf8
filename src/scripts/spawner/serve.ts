import { mayRunAs, type Startable } from '../command.ts'
import { type Group, groupOf } from '../group.ts'
import { reasonNotStarted } from '../not-started.ts'
import type { NotStartedReason, ScriptRun } from '../script-run.ts'
import { type Child, type Ending, supervise } from '../supervise.ts'
import { FRAME, type Frame } from './frames.ts'
import { type LaunchParts, launch } from './launch.ts'
import type { Leaf, Leaves } from './leaves.ts'
import type { Request } from './messages.ts'
import type { Outbox } from './outbox.ts'

export interface ServeParts extends LaunchParts {
  readonly minUid: number
  readonly ownUid: number
  /** Undefined: process groups have to do. */
  readonly leaves: Leaves | undefined
  readonly outbox: Outbox
}

/** Runs what it is asked to, and tells how it went. */
export interface Server {
  readonly take: (frame: Frame) => void
  /** Ends all that runs; resolves when nothing does any more. */
  end(): Promise<void>
}

type Result = Omit<ScriptRun, 'startedMs' | 'durationMs'>

export const createServer = (parts: ServeParts): Server => {
  const { outbox } = parts
  const aborts = new Map<number, AbortController>()
  const running = new Set<Promise<void>>()

  const begin = (id: number, request: Request): void => {
    const abort = new AbortController()
    aborts.set(id, abort)
    const startedMs = Date.now()
    const started = performance.now()
    const ended = runOne(parts, { id, request, abort: abort.signal }).then(({ result, leaf }) => {
      const run = { startedMs, durationMs: Math.round(performance.now() - started), ...result }
      return settled(run, leaf)
    })
    const done = ended.then((run) => {
      aborts.delete(id)
      running.delete(done)
      outbox.done(id, run)
    })
    running.add(done)
  }
  return {
    take({ kind, run, content }) {
      if (kind === FRAME.run) begin(run, JSON.parse(content.toString()) as Request)
      else if (kind === FRAME.abort) aborts.get(run)?.abort()
    },
    async end() {
      for (const abort of aborts.values()) abort.abort()
      await Promise.all(running)
    },
  }
}

/** In a cgroup, what is left is known, and not only guessed from pipes that stay open. */
const settled = async ({ leaked, ...run }: ScriptRun, leaf: Leaf | undefined): Promise<ScriptRun> => {
  const isClean = leaf ? await leaf.retire() : !leaked
  return isClean ? run : { ...run, leaked: true }
}

interface Job {
  readonly id: number
  readonly request: Request
  readonly abort: AbortSignal
}

const runOne = async (parts: ServeParts, job: Job): Promise<{ readonly result: Result; readonly leaf?: Leaf }> => {
  const { who, environment, isSuspect } = job.request
  const script: Startable = { ...job.request.script, environment: new Map(environment) }
  if (!mayRunAs(who, parts)) return { result: notStarted('uid-refused') }
  const launched = launch(script, who, { ...parts, isSuspect })
  if (launched.status === 'not-started') return { result: notStarted(await launched.reason) }
  const { child, isWrapped } = launched
  const leaf = parts.leaves?.stepOn()
  if (!leaf) parts.outbox.started(job.id, child.pid)
  const ending = await supervised(child, job, { leaf, outbox: parts.outbox })
  const reason = isWrapped && ending.outcome === 'failed' ? reasonNotStarted(ending, script) : undefined
  const result: Result = reason ? { ...ending, outcome: 'not-started', notStarted: reason } : ending
  return leaf ? { result, leaf } : { result }
}

const supervised = (
  child: Child,
  { id, request, abort }: Job,
  { leaf, outbox }: { readonly leaf: Leaf | undefined; readonly outbox: Outbox },
): Promise<Ending> => {
  const options = { limits: request.limits, abort, onLine: (line: Buffer) => outbox.line(id, line) }
  return supervise(child, options, leaf ? groupIn(leaf, child.pid) : groupOf(child.pid))
}

/** A script is asked to end as a process group, as long as it leads one, and is ended as a cgroup. */
const groupIn = (leaf: Leaf, leader: number): Group => {
  const group = groupOf(leader)
  return {
    signal(name) {
      if (name === 'SIGKILL') leaf.kill()
      else group.signal(name)
    },
    leaderGone() {},
  }
}

const notStarted = (reason: NotStartedReason): Result => ({
  outcome: 'not-started',
  notStarted: reason,
  stderrTail: '',
  output: 'whole',
  linesTooLong: 0,
  lineUnfinished: false,
})
