import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A process that runs as long as the demo. What it writes is kept in a file, to be shown when it fails. */
export interface Child {
  readonly name: string
  /** Resolves when it has ended, or could not be started. */
  readonly ended: Promise<void>
  stop(): Promise<void>
  /** The end of what it has written. */
  tail(): string
}

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Whom it runs as, with the group of the same number; undefined: as we do. */
  readonly uid?: number | undefined
}

const KILL_AFTER_MS = 5000
const TAIL_CHARS = 2000

export const startChild = (command: Command, name: string): Child => {
  const logFile = join(command.cwd, `${name}.log`)
  const log = openSync(logFile, 'a')
  // its own process group: Ctrl-C on the terminal is for us, and we end it in good order
  const child = spawn(command.command, command.args, {
    ...optionsOf(command),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve())
    child.on('error', () => resolve())
  })
  return {
    name,
    ended,
    stop: () => stop(child, ended),
    tail: () => readFileSync(logFile, 'utf8').slice(-TAIL_CHARS).trim(),
  }
}

const optionsOf = ({ env, cwd, uid }: Command) => (uid === undefined ? { env, cwd } : { env, cwd, uid, gid: uid })

const stop = async (child: ChildProcess, ended: Promise<void>): Promise<void> => {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  await ended
  clearTimeout(timer)
}

/** Runs a short command to its end. @throws Error with what it wrote to standard error when it fails */
export const runToEnd = (command: Command): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command.command, command.args, { ...optionsOf(command), stdio: ['ignore', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.on('data', (chunk) => {
      complaint = (complaint + chunk).slice(-TAIL_CHARS)
    })
    child.on('error', reject)
    // not 'close': a server that the command leaves running may hold standard error
    child.on('exit', (status) => {
      child.stderr.destroy()
      if (status === 0) resolve()
      else reject(new Error(`${command.command} ${command.args.join(' ')}: exit status ${status}: ${complaint.trim()}`))
    })
  })
