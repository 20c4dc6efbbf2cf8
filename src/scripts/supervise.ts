import type { ChildProcess } from 'node:child_process'
import { type Group, groupOf } from './group.ts'
import { createOutput, type Output } from './output.ts'
import type { RunOptions, ScriptRun } from './script-run.ts'
import type { Source } from './source.ts'

/** A started process whose output is piped to us, and which leads its own process group. */
export interface Child {
  readonly pid: number
  readonly stdout: Source
  readonly stderr: Source
  readonly process: Pick<ChildProcess, 'once'>
}

/** How a run ended, but for its times. */
export type Ending = Omit<ScriptRun, 'startedMs' | 'durationMs' | 'notStarted'>

/** Reads what a script prints, ends it at its limits and leaves nobody in its group. */
export const supervise = (child: Child, options: RunOptions, group = groupOf(child.pid)): Promise<Ending> =>
  new Supervision(child, options, group).ended

/** How long a background child may go on writing after its script has ended. */
const GRACE_MS = 100
/** How long a killed process may take to vanish; one in uninterruptible sleep is not waited for. */
const SLACK_MS = 100

class Supervision {
  readonly ended: Promise<Ending>
  readonly #child: Child
  readonly #options: RunOptions
  readonly #group: Group
  readonly #output: Output
  readonly #timers: NodeJS.Timeout[] = []
  #resolve: (ending: Ending) => void = () => {}
  #isFinished = false
  #isLingering = false
  #openPipes = 0
  #stoppedFor: 'timed-out' | 'aborted' | 'cut' | undefined
  #exit: { readonly code: number | null; readonly signal: string | null } | undefined

  constructor(child: Child, options: RunOptions, group: Group) {
    this.#child = child
    this.#options = options
    this.#group = group
    this.#output = createOutput(options, () => this.#cut())
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#listen(child.stdout, this.#output.stdout)
    this.#listen(child.stderr, this.#output.stderr)
    child.process.once('exit', (code, signal) => this.#exited(code, signal))
    this.#later(options.limits.timeoutMs, () => this.#stop('timed-out'))
    options.abort.addEventListener('abort', this.#onAbort)
    if (options.abort.aborted) this.#onAbort()
  }

  #onAbort = (): void => this.#stop('aborted')

  #later(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms))
  }

  #listen(pipe: Source, take: (chunk: Buffer) => void): void {
    this.#openPipes += 1
    pipe.read(take, () => {
      this.#openPipes -= 1
      this.#finishWhenDone()
    })
  }

  #exited(code: number | null, signal: string | null): void {
    this.#exit = { code, signal }
    this.#group.leaderGone()
    this.#child.stdout.drain()
    this.#child.stderr.drain()
    // what was written before the exit is read first, however late this timer fires
    if (this.#openPipes > 0) this.#later(GRACE_MS, () => setImmediate(() => this.#endLingering()))
    this.#finishWhenDone()
  }

  /** Somebody whom the script left behind holds a pipe: after the kill only one who left the group as well. */
  #endLingering(): void {
    if (this.#isFinished) return
    this.#isLingering = true
    this.#group.signal('SIGKILL')
    this.#later(SLACK_MS, () => this.#finish())
  }

  #stop(why: 'timed-out' | 'aborted'): void {
    if (this.#stoppedFor || this.#exit) return
    this.#stoppedFor = why
    this.#group.signal('SIGTERM')
    this.#later(this.#options.limits.killDelayMs, () => this.#kill())
  }

  #cut(): void {
    this.#stoppedFor ??= 'cut'
    this.#kill()
  }

  #kill(): void {
    if (this.#isFinished) return
    this.#group.signal('SIGKILL')
    this.#closePipes()
    this.#later(SLACK_MS, () => this.#finish())
  }

  #closePipes(): void {
    this.#child.stdout.close()
    this.#child.stderr.close()
  }

  #finishWhenDone(): void {
    if (this.#exit && this.#openPipes === 0) this.#finish()
  }

  #finish(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#options.abort.removeEventListener('abort', this.#onAbort)
    const isWhole = this.#openPipes === 0 && !this.#isLingering && !this.#stoppedFor && this.#exit?.signal === null
    const leaked = this.#isLingering && this.#openPipes > 0
    this.#group.signal('SIGKILL')
    this.#closePipes()
    const written = this.#output.end(isWhole)
    this.#resolve({ ...written, ...this.#outcome(), ...(leaked && { leaked }) })
  }

  #outcome(): Pick<Ending, 'outcome' | 'exitCode' | 'signal'> {
    const { code = null, signal = null } = this.#exit ?? {}
    const ownWay = code === 0 ? 'succeeded' : 'failed'
    return {
      outcome: this.#stoppedFor === undefined || this.#stoppedFor === 'cut' ? ownWay : this.#stoppedFor,
      ...(code !== null && { exitCode: code }),
      ...(signal !== null && { signal }),
    }
  }
}
