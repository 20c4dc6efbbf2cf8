import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { ProgramCommands } from './items.ts'

/** Where this package lies and what runs it. */
export interface Installation {
  readonly etc: string
  readonly commands: ProgramCommands
  /** What the units will start: absolute paths. */
  readonly paths: readonly string[]
}

// neither systemd nor rsyslog needs to quote these; a blank or % would mean something else to each of them
const PLAIN_PATH = /^[A-Za-z0-9_./+@:,=-]+$/

/**
 * The installation that runs now. Units name Node.js by its absolute path, because the PATH of systemd may hold an older one.
 * @throws UsageError when a path cannot stand in a unit
 */
export const thisInstallation = (
  node: string = process.execPath,
  cli: string = resolve(import.meta.dirname, '../../cli'),
): Installation => {
  const extension = import.meta.filename.endsWith('.ts') ? '.ts' : '.js'
  const scriptOf = (program: string): string => join(cli, `${program}${extension}`)
  const paths = [node, scriptOf('oo-gather-metrics'), scriptOf('oo-metrics-bridge')]
  for (const path of paths) {
    if (!PLAIN_PATH.test(path)) {
      throw new UsageError(`${path}: expected an installation path of letters, digits and _ . / + @ : , = - only`)
    }
  }
  return {
    etc: resolve(cli, '../../etc'),
    commands: {
      'oo-gather-metrics': `${node} ${scriptOf('oo-gather-metrics')}`,
      'oo-metrics-bridge': `${node} ${scriptOf('oo-metrics-bridge')}`,
    },
    paths,
  }
}

/** Directories on the way to `paths` that nobody but their owner may enter: the user of the bridge cannot start there. */
export const closedDirectories = (paths: readonly string[]): string[] => {
  const closed = new Set<string>()
  for (const path of paths) {
    for (let place = dirname(path); place !== '/'; place = dirname(place)) {
      const mode = statSync(place, { throwIfNoEntry: false })?.mode ?? 0o777
      if ((mode & 0o001) === 0) closed.add(place)
    }
  }
  return [...closed].sort()
}
