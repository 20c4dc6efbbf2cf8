import { setPriority } from 'node:os'
import { execa } from 'execa'
import type { Script } from '../node/gear.ts'
import { type Command, commandFor, mayRunAs, NICENESS } from './command.ts'
import { reasonNotStarted, reasonOfErrno } from './not-started.ts'
import type { NotStartedReason, RunScript, ScriptRun } from './script-run.ts'
import { streamSource } from './source.ts'
import { type Child, type Ending, supervise } from './supervise.ts'

/**
 * Runs scripts by execa, each as the gear when we are root, else as ourselves. Its `timeout` and `maxBuffer` are not used:
 * they wait for a grandchild that holds stdout, and may block on what was written.
 * @param minUid as root, nothing is started with a lower uid, nor with uid 0, whoever asks
 */
export const createScriptRunner =
  ({ minUid, ownUid = process.getuid?.() ?? -1 }: { readonly minUid: number; readonly ownUid?: number }): RunScript =>
  async (script, who, options) => {
    const startedMs = Date.now()
    const started = performance.now()
    const report = (ending: Omit<ScriptRun, 'startedMs' | 'durationMs'>): ScriptRun => ({
      startedMs,
      durationMs: Math.round(performance.now() - started),
      ...ending,
    })
    if (!mayRunAs(who, { ownUid, minUid })) return report(notStarted('uid-refused'))
    const command = commandFor(script, who, ownUid === 0)
    const spawned = spawn(command)
    const child = childOf(spawned.nodeChildProcess)
    if (!child) return report(notStarted(reasonOfErrno((await spawned).code, command.file)))
    lowerPriority(child.pid)
    return report(judged(await supervise(child, options), script))
  }

/** `detached` gives it its own session and process group. */
const spawn = ({ file, args, environment }: Command) =>
  execa(file, args, { ...ALONE, env: environment, stdin: 'ignore' })

/** The same for a program of ours, which we write to. */
export const spawnProgram = ({ file, args, environment }: Command) =>
  execa(file, args, { ...ALONE, env: environment, stdin: 'pipe' }).nodeChildProcess

const ALONE = { cwd: '/', extendEnv: false, detached: true, buffer: false, reject: false } as const

const childOf = (process: ReturnType<typeof spawn>['nodeChildProcess']): Child | undefined => {
  const { pid, stdout, stderr } = process
  if (pid === undefined || !stdout || !stderr) return undefined
  return { pid, process, stdout: streamSource(stdout), stderr: streamSource(stderr) }
}

/** Set from outside, as nice(1) and ionice(1) cost an exec each. */
const lowerPriority = (pid: number): void => {
  try {
    setPriority(pid, NICENESS)
  } catch {
    // it has ended already
  }
}

const judged = (ending: Ending, script: Script): Omit<ScriptRun, 'startedMs' | 'durationMs'> => {
  const reason = ending.outcome === 'failed' ? reasonNotStarted(ending, script) : undefined
  return reason ? { ...ending, outcome: 'not-started', notStarted: reason } : ending
}

const notStarted = (reason: NotStartedReason): Omit<ScriptRun, 'startedMs' | 'durationMs'> => ({
  outcome: 'not-started',
  notStarted: reason,
  stderrTail: '',
  output: 'whole',
  linesTooLong: 0,
  lineUnfinished: false,
})
