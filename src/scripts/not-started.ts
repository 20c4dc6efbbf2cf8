import { statSync } from 'node:fs'
import { NO_DIRECTORY, NOT_EXECUTED, NOT_FOUND, SETPRIV, type Startable, WRAPPER } from './command.ts'
import type { NotStartedReason } from './script-run.ts'
import type { Ending } from './supervise.ts'

/**
 * Why a run that ended at once never came to its script, if so: the wrapping shell, or setpriv(1), complained instead.
 * A script can imitate these complaints; that says something false about nothing but itself.
 */
export const reasonNotStarted = ({ exitCode, stderrTail }: Ending, script: Startable): NotStartedReason | undefined => {
  if (exitCode !== 0 && stderrTail.startsWith('setpriv: ')) return 'cannot-become-user'
  if (!stderrTail.startsWith(`${WRAPPER}: `)) return undefined
  switch (exitCode) {
    case NO_DIRECTORY:
      return 'bad-directory'
    case NOT_EXECUTED:
      return whatIsWrongWith(script.path) ?? 'permission-denied'
    case NOT_FOUND:
      return whatIsWrongWith(script.path) ?? 'bad-interpreter'
    default:
      return undefined
  }
}

const whatIsWrongWith = (path: string): NotStartedReason | undefined => {
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) return 'is-directory'
    if (!stats.isFile()) return 'not-a-file'
    return (stats.mode & 0o111) === 0 ? 'not-executable' : undefined
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EACCES' ? 'permission-denied' : 'no-such-file'
  }
}

/** The same for an error of the spawn of setpriv(1) or of the wrapping shell, by its errno. */
export const reasonOfErrno = (errno: string | undefined, file: string): NotStartedReason => {
  if (errno === 'E2BIG') return 'environment-too-large'
  if (errno === 'ENOENT' && file === SETPRIV) return 'cannot-become-user'
  return 'out-of-resources'
}

/** The same where the script itself is spawned. */
export const reasonOfDirectErrno = (errno: string | undefined, path: string): NotStartedReason => {
  switch (errno) {
    case 'E2BIG':
      return 'environment-too-large'
    case 'EPERM':
      return 'cannot-become-user'
    case 'ENOENT':
      return whatIsWrongWith(path) ?? 'bad-interpreter'
    case 'EACCES':
    case 'ENOTDIR':
    case 'ELOOP':
      return whatIsWrongWith(path) ?? 'permission-denied'
    default:
      return 'out-of-resources'
  }
}
