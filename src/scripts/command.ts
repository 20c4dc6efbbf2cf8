import type { Script } from '../node/gear.ts'
import type { Who } from './script-run.ts'

/** What is given to the kernel: an argument vector and a whole environment. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** Name under which the wrapping shell complains, which tells its complaints from the script's. */
export const WRAPPER = 'oo-gather-metrics'
export const SETPRIV = '/usr/bin/setpriv'

/** Of every script; the kernel derives a low I/O priority from it. */
export const NICENESS = 10

/** Statuses of the wrapping shell: the script's directory cannot be entered; the script is there or not, but cannot be executed. */
export const NO_DIRECTORY = 125
export const NOT_EXECUTED = 126
export const NOT_FOUND = 127

const PREFIX = 'OO_GATHER_METRICS_'
const SETUP = `${PREFIX}SETUP`

/**
 * Runs with the gear's rights, never with root's. The directory is entered and the environment put in place only here:
 * entered as root it could be one that the gear may not reach, and with the gear's LD_PRELOAD no program may start as root.
 * `[ -f` keeps a shell from opening a FIFO in search of an interpreter. A script without `#!` is run by sh(1).
 */
const WRAPPING = `umask 077
cd -- "$1" || exit ${NO_DIRECTORY}
shift
[ -f "$1" ] || { echo "$0: not a file: $1" >&2; exit ${NOT_EXECUTED}; }
eval "$${SETUP}"
exec "$@"`

/**
 * setpriv(1) keeps supplementary groups, which the uid and gid of a spawn drop. No new privileges: a setuid helper such as
 * sudo does not work in a metrics script, and with an empty bounding set it would only half work.
 */
const becoming = ({ uid, gid, user }: Who): string[] => [
  `--reuid=${uid}`,
  `--regid=${gid}`,
  user === undefined ? '--clear-groups' : '--init-groups',
  '--no-new-privs',
  '--bounding-set=-all',
  '--inh-caps=-all',
]

/** The part of a script that matters to who starts it. */
export type Startable = Pick<Script, 'path' | 'args' | 'cwd' | 'environment'>

/** @param asRoot we are root and become `who` first; otherwise the script runs as ourselves */
export const commandFor = (script: Startable, who: Who, asRoot: boolean): Command => {
  const shell = ['/bin/sh', '-c', WRAPPING, WRAPPER, script.cwd, script.path, ...script.args]
  const [file, ...args] = asRoot ? [SETPRIV, ...becoming(who), ...shell] : shell
  return { file: file!, args, environment: packed(script.environment) }
}

/** Readonly or special in a shell, which would stop at the attempt to set them. */
const SHELLS_OWN = new Set(['PPID', 'UID', 'EUID', 'OPTIND', 'SHELLOPTS', 'BASHOPTS', 'BASH_VERSINFO'])

/** Whether a script may find a variable of this name in its environment, whichever way it is started. */
export const isSettable = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.startsWith(PREFIX) && !SHELLS_OWN.has(name)

/**
 * Values travel under names of our own and are given their real names by the wrapping shell, so that it parses names only
 * and a program started as root finds nothing that steers it. Names that no shell can set are left out.
 */
const packed = (environment: ReadonlyMap<string, string>): Record<string, string> => {
  const entries = [...environment].filter(([name]) => isSettable(name))
  const exports = entries.map(([name], at) => `export ${name}="$${PREFIX}${at}"; unset ${PREFIX}${at}`)
  // first away with what a shell adds by itself
  const setup = [`unset ${SETUP} PWD OLDPWD SHLVL`, ...exports].join('\n')
  const values = entries.map(([, value], at) => [PREFIX + at, value.replaceAll('\0', '')])
  return { [SETUP]: setup, ...Object.fromEntries(values) }
}

/** uid_t and gid_t have 32 bits; the highest number, -1, means "leave as it is" to the kernel: root would stay root. */
const HIGHEST_ID = 2 ** 32 - 2

const isId = (id: number, lowest: number): boolean => Number.isInteger(id) && id >= lowest && id <= HIGHEST_ID

/** Whether a script may be started for `who`: as root for no uid below `minUid` and never with root's uid or group, else only for ourselves. */
export const mayRunAs = (
  { uid, gid }: Who,
  { ownUid, minUid }: { readonly ownUid: number; readonly minUid: number },
): boolean => (ownUid === 0 ? isId(uid, Math.max(1, minUid)) && isId(gid, 1) : uid === ownUid)
