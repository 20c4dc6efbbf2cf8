import { runService } from '../control/service.ts'
import { createLogger } from '../logger.ts'
import { type RunningBridge, runBridge } from './bridged.ts'
import type { BridgedSettings } from './settings.ts'

export interface DaemonParts {
  readonly settings: BridgedSettings
  /** Reads the settings anew. @throws ConfigError */
  readonly readAgain: () => BridgedSettings
}

/** Runs the bridge until it is told to end. @returns the exit status */
export const runDaemon = async ({ settings, readAgain }: DaemonParts): Promise<number> => {
  const logger = createLogger(settings.log)
  let bridge: RunningBridge | undefined
  const start = async (): Promise<string> => {
    bridge = await runBridge({ settings, logger })
    const { addresses, apiUrl } = bridge
    return `listening at ${[...addresses, ...(apiUrl === undefined ? [] : [apiUrl])].join(' ')}`
  }
  return runService(
    { start, reload: async () => bridge?.reload(readAgain()), stop: async () => bridge?.close() },
    logger,
  )
}
