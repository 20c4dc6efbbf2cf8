import { existsSync } from 'node:fs'
import { loadSettings } from '../config/load.ts'
import { type ConfigOptions, processOutput, runWithSettings } from '../config/program.ts'
import { runDaemon } from './daemon.ts'
import { bridgedSchema } from './settings.ts'

export interface StartOptions extends ConfigOptions {
  readonly config?: string
}

export const usualFile = '/etc/openshift/oo-metrics-bridge.yml'

/** Reads the settings and runs the daemon, or does what the options ask for instead. @returns the exit status */
export const start = (options: StartOptions): Promise<number> => {
  const file = options.config ?? (existsSync(usualFile) ? usualFile : undefined)
  const readAgain = () => loadSettings(bridgedSchema, { file }).settings
  return runWithSettings(bridgedSchema, { file, options, output: processOutput }, ({ settings }) =>
    runDaemon({ settings, readAgain }),
  )
}
