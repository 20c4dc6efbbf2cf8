import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadSettings } from '../config/load.ts'
import type { Output } from '../config/program.ts'
import { type GatherdSettings, gatherdSchema } from '../gatherd/settings.ts'

/** What the command line gave; which of them a subcommand takes stands in its entry in `program.ts`. */
export interface Given {
  readonly config?: string
  readonly bridgeConfig?: string
  readonly url?: string
  readonly tokenFile?: string
  readonly root?: string
  readonly timeout?: string
  readonly json?: boolean
  readonly dryRun?: boolean
  readonly remove?: boolean
}

/** What a subcommand runs in. */
export interface Context {
  readonly given: Given
  /** Directory of node.conf, env/ and gears.d/. */
  readonly confDir: string
  readonly output: Output
  /** Standard output is a terminal. */
  readonly isTerminal: boolean
  /** It shows colours, and they are wanted (https://no-color.org). */
  readonly colour: boolean
  /** Fires at Ctrl-C and SIGTERM. */
  readonly abort: AbortSignal
}

/** A file that was named, or the usual one where that exists. */
const fileOf = (named: string | undefined, usual: string): string | undefined =>
  named ?? (existsSync(usual) ? usual : undefined)

/** The gatherer's settings. @throws ConfigError */
export const nodeSettings = ({ given, confDir }: Context): GatherdSettings =>
  loadSettings(gatherdSchema, { file: fileOf(given.config, join(confDir, 'oo-gather-metrics.yml')), confDir }).settings

export const bridgeFileOf = ({ given, confDir }: Context): string | undefined =>
  fileOf(given.bridgeConfig, join(confDir, 'oo-metrics-bridge.yml'))
