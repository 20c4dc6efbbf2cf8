import { join, resolve } from 'node:path'
import type { Output } from '../config/program.ts'
import { printable, UsageError } from '../errors.ts'
import { closedDirectories, type Installation, thisInstallation } from './setup/installation.ts'
import { type Wanted, wantedItems } from './setup/items.ts'
import { directoriesOf, emptyRecord, type Found, parentsOf, planInstall, planRemove, type Step } from './setup/plan.ts'
import { RECORD_PATH, readRecord, writeRecord } from './setup/record.ts'
import { type Command, nextCommands, type Ran, type RunCommand, runOnSystem, systemCommands } from './setup/system.ts'
import { openTree, type Tree } from './setup/tree.ts'

export interface SetupOptions {
  /** Set up below this directory, as for an image; no command of the system is run. */
  readonly root?: string
  readonly dryRun: boolean
  readonly remove: boolean
  readonly json: boolean
}

/** What setup reaches outside the tree. */
export interface SetupHost {
  readonly isRoot: boolean
  /** Where a system is set up without --root: `/`. */
  readonly systemRoot: string
  readonly run: RunCommand
  readonly installation: Installation
}

interface Report {
  readonly steps: readonly Step[]
  readonly commands: readonly { readonly command: string; readonly result: Ran }[]
  readonly notes: readonly string[]
}

/**
 * Installs what a node needs, or removes it again. What an admin has changed is never overwritten, and never removed.
 * @returns the exit status: 1 when something is in the way or a command of the system failed
 */
export const setup = async (options: SetupOptions, io: Output, host: SetupHost = thisHost()): Promise<number> => {
  try {
    const report = await (options.remove ? removeAll : install)(options, host)
    print(report, { ...options, root: resolve(options.root ?? host.systemRoot) }, io)
    return report.commands.some(({ result }) => typeof result === 'object') ? 1 : 0
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    io.err(`setup: ${printable(thrown.message)}`)
    return 1
  }
}

const thisHost = (): SetupHost => ({
  isRoot: process.getuid?.() === 0,
  systemRoot: '/',
  run: runOnSystem,
  installation: thisInstallation(),
})

const install = async (options: SetupOptions, host: SetupHost): Promise<Report> => {
  const tree = openAllowed(options, host)
  const wanted = wantedItems(host.installation.etc, host.installation.commands)
  const record = readRecord(tree)
  const found = lookAtAll(tree, wanted, record.files.keys())
  const plan = planInstall(wanted, { found, record, recordPath: RECORD_PATH })
  const notes = closedDirectories(host.installation.paths).map(
    (path) => `${path} is closed to the user oo-metrics: the bridge cannot be started from there`,
  )
  if (options.dryRun) return { steps: plan.steps, commands: [], notes }
  const apply = (step: Step): Step => tree.apply(step)
  // nothing is brought that the record does not tell of, but for the directory of the record itself
  const made = plan.steps.filter(isForRecord).map(apply)
  writeRecord(tree, plan.record)
  const steps = [...made, ...plan.steps.filter((step) => !isForRecord(step)).map(apply)]
  const commands = await runAll(systemCommands.afterInstall, options, host)
  return {
    steps,
    commands,
    notes: isLive(options) ? [...notes, ...nextCommands.map((line) => `next: ${line}`)] : notes,
  }
}

const removeAll = async (options: SetupOptions, host: SetupHost): Promise<Report> => {
  const tree = openAllowed(options, host)
  const record = readRecord(tree)
  if (record === emptyRecord) return { steps: [], commands: [], notes: ['nothing was set up here'] }
  const planned = planRemove(record, (path) => tree.look(path))
  if (options.dryRun) return { steps: planned, commands: [], notes: [] }
  const apply = (step: Step): Step => tree.apply(step)
  const before = await runAll(systemCommands.beforeRemove, options, host)
  const files = planned.filter(isFile).map(apply)
  // the record goes last of all files: a removal that was cut short can be done again
  tree.remove(RECORD_PATH)
  const directories = planned.filter(isDirectory).map(apply)
  const after = await runAll(systemCommands.afterRemove, options, host)
  return { steps: [...files, ...directories], commands: [...before, ...after], notes: isLive(options) ? [STAYS] : [] }
}

const STAYS =
  'the user oo-metrics, /var/lib/oo-metrics-bridge and /var/log/oo-metrics stay: they may hold what you want to keep'

const isForRecord = ({ path }: Step): boolean => parentsOf(RECORD_PATH).includes(path)
const isFile = ({ kind }: Step): boolean => kind === 'file'
const isDirectory = ({ kind }: Step): boolean => kind === 'directory'

const isLive = ({ root }: SetupOptions): boolean => root === undefined

const openAllowed = (options: SetupOptions, host: SetupHost): Tree => {
  if (isLive(options) && !host.isRoot && !options.dryRun) {
    throw new UsageError('only root can set up this system; use --dry-run to see what it would do, or --root DIR')
  }
  return openTree(resolve(options.root ?? host.systemRoot))
}

// everything is looked at before anything is touched, so that what is in the way stops it at once
const lookAtAll = (tree: Tree, wanted: Wanted, recorded: Iterable<string>): ((path: string) => Found) => {
  const found = new Map<string, Found>()
  for (const path of directoriesOf(wanted, RECORD_PATH)) {
    const what = tree.look(path)
    if (what.kind === 'file') throw new UsageError(`${tree.name(path)}: expected a directory, found a file`)
    found.set(path, what)
  }
  for (const { path } of wanted.files) {
    const what = tree.look(path)
    if (what.kind === 'directory') throw new UsageError(`${tree.name(path)}: expected a file, found a directory`)
    found.set(path, what)
  }
  for (const path of recorded) found.set(path, tree.look(path))
  return (path) => found.get(path) ?? { kind: 'absent' }
}

const runAll = async (
  commands: readonly Command[],
  options: SetupOptions,
  host: SetupHost,
): Promise<Report['commands']> => {
  if (!isLive(options)) return []
  const ran: { command: string; result: Ran }[] = []
  for (const command of commands) ran.push({ command: command.join(' '), result: await host.run(command) })
  return ran
}

const print = (
  { steps, commands, notes }: Report,
  { root, dryRun, json }: SetupOptions & { readonly root: string },
  io: Output,
): void => {
  if (json) {
    const plain = steps.map(({ did, kind, path, why }) => ({ did, kind, path, why }))
    io.out(JSON.stringify({ root, dryRun, steps: plain, commands, notes }, undefined, 2))
    return
  }
  if (dryRun) io.out('dry run: nothing is changed')
  for (const { did, path, why } of steps) {
    io.out(`${did.padEnd(9)} ${join(root, path)}${why ? ` (${why})` : ''}`)
  }
  for (const { command, result } of commands) {
    io.out(`ran       ${command}: ${typeof result === 'string' ? result : `failed: ${printable(result.failed)}`}`)
  }
  for (const note of notes) io.out(note)
}
