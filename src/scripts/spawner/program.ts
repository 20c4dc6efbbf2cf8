import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, SETPRIV } from '../command.ts'
import type { SpawnerOptions } from './messages.ts'

const IONICE = '/usr/bin/ionice'

/** `main.ts` when we run from sources, `main.js` when built. */
const PROGRAM = fileURLToPath(new URL(`main${extname(import.meta.filename)}`, import.meta.url))

/** Small, and of few threads: all of them are moved at each step from cgroup to cgroup, and all memory is marked at each fork. */
const NODE_OPTIONS = ['--single-threaded', '--v8-pool-size=0', '--max-semi-space-size=1', '--no-opt', '--no-warnings']

/**
 * What a gear's script needs nothing of, since it starts without any: SETUID, SETGID: become the gear; SETPCAP: the same through
 * setpriv(1); KILL; CHOWN: hand it its pipes; DAC_OVERRIDE: open those again, and look at its files.
 */
const CAPABILITIES = ['setuid', 'setgid', 'setpcap', 'kill', 'chown', 'dac_override']

/** Without new privileges, once for all that it starts; the rest of what is the same for every script it does to itself. */
const PRIVILEGES = [
  '--no-new-privs',
  '--inh-caps=-all',
  `--bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(',')}`,
]

/** @param asRoot else nothing is to be given up */
export const spawnerCommand = (options: SpawnerOptions, asRoot: boolean): Command => {
  const node = [process.execPath, ...NODE_OPTIONS, PROGRAM, JSON.stringify(options)]
  // idle I/O class: the disk is theirs only when nobody else wants it
  const lowered = existsSync(IONICE) ? [IONICE, '-t', '-c', '3', ...node] : node
  const [file, ...args] = asRoot ? [SETPRIV, ...PRIVILEGES, ...lowered] : lowered
  // without io_uring there is less to copy at each fork
  return { file: file!, args, environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', UV_USE_IO_URING: '0' } }
}
