import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { messageOf } from '../../errors.ts'

const LIMIT_MS = 60_000
const UNITS = ['oo-gather-metrics.service', 'oo-metrics-bridge.service'] as const

/** A command of the system, by its words. */
export type Command = readonly [program: string, ...args: string[]]

/** What became of a command; `not here` is no error: not every system has systemd. */
export type Ran = 'done' | 'not here' | { readonly failed: string }

export type RunCommand = (command: Command) => Promise<Ran>

/** What makes the system see what was installed or removed, in this order. */
export const systemCommands: Readonly<Record<'afterInstall' | 'beforeRemove' | 'afterRemove', readonly Command[]>> = {
  afterInstall: [
    ['systemd-sysusers', '/etc/sysusers.d/oo-metrics.conf'],
    ['systemd-tmpfiles', '--create', '/etc/tmpfiles.d/oo-metrics.conf'],
    ['systemctl', 'daemon-reload'],
  ],
  beforeRemove: [['systemctl', 'disable', '--now', ...UNITS]],
  afterRemove: [['systemctl', 'daemon-reload']],
}

/** What the admin does next; setup itself starts nothing. */
export const nextCommands: readonly string[] = [
  'systemctl restart rsyslog',
  `systemctl enable --now ${UNITS.toReversed().join(' ')}`,
]

const run = promisify(execFile)

export const runOnSystem: RunCommand = async ([program, ...args]) => {
  // systemctl without a running systemd only fails
  if (program === 'systemctl' && !existsSync('/run/systemd/system')) return 'not here'
  try {
    await run(program, args, { timeout: LIMIT_MS })
    return 'done'
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return 'not here'
    return { failed: String((thrown as { stderr?: string }).stderr || messageOf(thrown)).trim() }
  }
}
