import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import { type Command, commandFor, isSettable, type Startable } from '../command.ts'
import { reasonOfDirectErrno, reasonOfErrno } from '../not-started.ts'
import type { NotStartedReason, Who } from '../script-run.ts'
import type { Child } from '../supervise.ts'
import { openDirectoryFor } from './directory.ts'
import type { Fifos } from './fifos.ts'
import type { GroupBook } from './groups.ts'
import type { Request } from './messages.ts'
import { openPipes } from './pipes.ts'

export interface LaunchParts {
  readonly asRoot: boolean
  readonly fifos: Fifos
  readonly groups: GroupBook
}

export type Launched =
  | { readonly status: 'started'; readonly child: Child; readonly isWrapped: boolean }
  | { readonly status: 'not-started'; readonly reason: Promise<NotStartedReason> }

/**
 * Starts a script itself, with nothing before it: in the forked child libuv drops all groups, becomes the gear and only
 * then executes it, by sh(1) where it has no `#!`. Where that is not enough, for further groups or a directory that the gear may
 * not reach, setpriv(1) and a shell come first, at twice the cost. Has started it when it returns.
 */
export const launch = (script: Startable, who: Who, parts: LaunchParts & Pick<Request, 'isSuspect'>): Launched => {
  let directory: number | undefined
  try {
    directory = isPlain(who, parts) && !parts.isSuspect ? openDirectoryFor(script.cwd, who) : undefined
  } catch {
    return { status: 'not-started', reason: Promise.resolve('bad-directory') }
  }
  if (directory === undefined) return launchWrapped(script, who, parts)
  try {
    return launchItself(script, who, { ...parts, directory })
  } finally {
    closeSync(directory)
  }
}

/** Node.js takes ids of 31 bits only. */
const HIGHEST_ID = 2 ** 31 - 1

const isPlain = (who: Who, { asRoot, groups }: LaunchParts): boolean =>
  !asRoot || (Math.max(who.uid, who.gid) <= HIGHEST_ID && groups.hasOnlyPrimary(who))

const launchItself = (script: Startable, who: Who, parts: LaunchParts & { readonly directory: number }): Launched => {
  const { path, args } = script
  const started = start({ file: path, args, environment: plainEnvironment(script.environment) }, who, {
    ...parts,
    // resolved in the forked child, which has the same files open
    cwd: `/proc/self/fd/${parts.directory}`,
    ids: parts.asRoot ? { uid: who.uid, gid: who.gid } : {},
  })
  return 'pid' in started
    ? { status: 'started', child: started, isWrapped: false }
    : { status: 'not-started', reason: started.errno.then((errno) => reasonOfDirectErrno(errno, path)) }
}

const launchWrapped = (script: Startable, who: Who, parts: LaunchParts): Launched => {
  const command = commandFor(script, who, parts.asRoot)
  const started = start(command, who, { ...parts, cwd: '/', ids: {} })
  return 'pid' in started
    ? { status: 'started', child: started, isWrapped: true }
    : { status: 'not-started', reason: started.errno.then((errno) => reasonOfErrno(errno, command.file)) }
}

/** NUL ends a text for the kernel. Without a prototype, `__proto__` is a name like others. */
const plainEnvironment = (environment: ReadonlyMap<string, string>): Record<string, string> => {
  const plain = Object.create(null) as Record<string, string>
  for (const [name, value] of environment) {
    if (isSettable(name)) plain[name] = value.includes('\0') ? value.replaceAll('\0', '') : value
  }
  return plain
}

interface StartParts extends LaunchParts {
  readonly cwd: string
  readonly ids: { readonly uid?: number; readonly gid?: number }
}

const start = (
  { file, args, environment }: Command,
  who: Who,
  { fifos, cwd, ids }: StartParts,
): Child | { readonly errno: Promise<string | undefined> } => {
  const pipes = openPipes(fifos, who)
  try {
    const options = { ...ids, cwd, env: environment, detached: true, stdio: ['ignore', ...pipes.given] as const }
    const process = spawn(file, args, { ...options, stdio: [...options.stdio] })
    const { pid } = process
    if (pid !== undefined) return { pid, process, ...pipes.sourcesOf(process) }
    pipes.abandon()
    return { errno: once(process, 'error').then(([error]: NodeJS.ErrnoException[]) => error?.code) }
  } catch (thrown) {
    // Node.js tells some errors by an event, and others so
    pipes.abandon()
    return { errno: Promise.resolve((thrown as NodeJS.ErrnoException).code) }
  } finally {
    pipes.handedOver()
  }
}
