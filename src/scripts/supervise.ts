import type { ChildProcess } from 'node:child_process'
import { type Group, groupOf } from './group.ts'
import { createOutput, type Output } from './output.ts'
import type { RunOptions, ScriptRun } from './script-run.ts'

/** A started process whose output is piped to us, and which leads its own process group. */
export interface Child extends Pick<ChildProcess, 'stdout' | 'stderr' | 'once'> {
  readonly pid: number
}

/** How a run ended, but for its times. */
export type Ending = Omit<ScriptRun, 'startedMs' | 'durationMs' | 'notStarted'>

/** Reads what a script prints, ends it at its limits and leaves nobody in its process group. */
export const supervise = (child: Child, options: RunOptions): Promise<Ending> => new Supervision(child, options).ended

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
  #openPipes = 0
  #stoppedFor: 'timed-out' | 'aborted' | 'cut' | undefined
  #exit: { readonly code: number | null; readonly signal: string | null } | undefined

  constructor(child: Child, options: RunOptions) {
    this.#child = child
    this.#options = options
    this.#group = groupOf(child.pid)
    this.#output = createOutput(options, () => this.#cut())
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#listen(child.stdout, this.#output.stdout)
    this.#listen(child.stderr, this.#output.stderr)
    child.once('exit', (code, signal) => this.#exited(code, signal))
    this.#later(options.limits.timeoutMs, () => this.#stop('timed-out'))
    options.abort.addEventListener('abort', this.#onAbort)
    if (options.abort.aborted) this.#onAbort()
  }

  #onAbort = (): void => this.#stop('aborted')

  #later(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms))
  }

  #listen(pipe: Child['stdout'], take: (chunk: Buffer) => void): void {
    if (!pipe) return
    this.#openPipes += 1
    pipe.on('data', take)
    pipe.on('error', () => {}) // 'close' follows
    pipe.once('close', () => {
      this.#openPipes -= 1
      this.#finishWhenDone()
    })
  }

  #exited(code: number | null, signal: string | null): void {
    this.#exit = { code, signal }
    this.#group.leaderGone()
    // what was written before the exit is read first, however late this timer fires
    this.#later(GRACE_MS, () => setImmediate(() => this.#finish()))
    this.#finishWhenDone()
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
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
  }

  #finishWhenDone(): void {
    if (this.#exit && this.#openPipes === 0) this.#finish()
  }

  #finish(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#options.abort.removeEventListener('abort', this.#onAbort)
    const isWhole = this.#openPipes === 0 && !this.#stoppedFor && this.#exit?.signal === null
    this.#group.signal('SIGKILL')
    this.#closePipes()
    const written = this.#output.end(isWhole)
    this.#resolve({ ...written, ...this.#outcome() })
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
