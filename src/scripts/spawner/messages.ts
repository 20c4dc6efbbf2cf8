import type { Script } from '../../node/gear.ts'
import type { RunLimits, Who } from '../script-run.ts'

/** What the spawner is started with, as its only argument. */
export interface SpawnerOptions {
  /** As root, nothing is started with a lower uid. */
  readonly minUid: number
  /** Directory below which it may make cgroups; absent: there is no unified hierarchy, or none is wanted. */
  readonly cgroup?: string
  readonly maxProcesses: number
}

/** What it found, once it is there. */
export interface Readiness {
  /** Each run has a cgroup of its own, from which nothing escapes. */
  readonly contained: boolean
  /** `maxProcesses` is held by the kernel. */
  readonly limited: boolean
  /** Why not contained. */
  readonly why?: string
}

/** One script to run. */
export interface Request {
  readonly script: Pick<Script, 'path' | 'args' | 'cwd'>
  readonly environment: readonly (readonly [string, string])[]
  readonly who: Who
  readonly limits: RunLimits
  /** To be started by way of a shell of the gear's, since its start may hang: that must not be ours. */
  readonly isSuspect: boolean
}

/** How a script is to be run, besides as whom. */
export type Terms = Pick<Request, 'limits' | 'isSuspect'>

export const requestText = (
  { path, args, cwd, environment }: Script,
  { uid, gid, user }: Who,
  { limits, isSuspect }: Terms,
): string => {
  const { timeoutMs, killDelayMs, maxLineBytes, maxOutputBytes, maxLines } = limits
  const request: Request = {
    script: { path, args, cwd },
    environment: [...environment],
    who: user === undefined ? { uid, gid } : { uid, gid, user },
    limits: { timeoutMs, killDelayMs, maxLineBytes, maxOutputBytes, maxLines },
    isSuspect,
  }
  return JSON.stringify(request)
}
