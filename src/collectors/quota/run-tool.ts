import { type ExecFileException, execFile } from 'node:child_process'
import { messageOf } from '../../errors.ts'

/** Runs a program of the system without a shell. Resolves in time, whatever the program does; never rejects. */
export type RunTool = (file: string, args: readonly string[], abort: AbortSignal) => Promise<ToolRun>

export type ToolRun =
  | {
      readonly status: 'ended'
      readonly exitCode: number
      readonly stdout: string
      readonly stderr: string
    }
  | { readonly status: 'failed'; readonly why: string }

export interface ToolRunnerParts {
  readonly timeoutMs: number
  /** Where programs are looked for, like PATH. */
  readonly searchPath?: string
}

const SEARCH_PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
/** The report of some 100,000 users. */
const MAX_OUTPUT_BYTES = 8 << 20
/** What may pass from SIGKILL at the limit to the end of the program. */
const KILL_DELAY_MS = 500

/**
 * One program at a time, with a clean environment, killed at the limit. One that the kernel does not let die, as it waits
 * for a disk or a server, is left behind; nothing more is started until it has ended.
 */
export const createToolRunner = ({ timeoutMs, searchPath = SEARCH_PATH }: ToolRunnerParts): RunTool => {
  let running: string | undefined
  return async (file, args, abort) => {
    if (running !== undefined) return failed(running, 'has not ended yet')
    running = file
    const ended = execute(file, args, { timeoutMs, searchPath, abort }).finally(() => {
      running = undefined
    })
    return orAfter(timeoutMs + KILL_DELAY_MS, ended, failed(file, TOO_LONG))
  }
}

const execute = (
  file: string,
  args: readonly string[],
  { timeoutMs, searchPath, abort }: Required<ToolRunnerParts> & { readonly abort: AbortSignal },
): Promise<ToolRun> =>
  new Promise<ToolRun>((resolve) => {
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      cwd: '/',
      env: { PATH: searchPath, LC_ALL: 'C' },
      signal: abort,
    } as const
    execFile(file, args, options, (error, stdout, stderr) => {
      const why = error ? reasonOf(error) : undefined
      if (why !== undefined) return resolve(failed(file, why))
      resolve({ status: 'ended', exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
    // what the kernel refuses at once is thrown: too many arguments
  }).catch((thrown: unknown) => failed(file, `failed: ${messageOf(thrown)}`))

const TOO_LONG = 'did not end within its limit'

const failed = (file: string, why: string): ToolRun => ({ status: 'failed', why: `${file} ${why}` })

/** undefined when it ended by itself, with whatever status. */
const reasonOf = (error: ExecFileException): string | undefined => {
  if (typeof error.code === 'number') return undefined
  if (error.code === 'ENOENT') return 'is not installed'
  return error.killed === true && error.code == null ? TOO_LONG : `failed: ${error.message}`
}

const orAfter = async <T>(ms: number, promise: Promise<T>, late: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ms, late)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
  }
}
