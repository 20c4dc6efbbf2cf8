import { createNotifier } from '../control/notify.ts'
import { ConfigError, messageOf } from '../errors.ts'
import { createLogger, type Logger } from '../logger.ts'
import { type RunningBridge, runBridge } from './bridged.ts'
import type { BridgedSettings } from './settings.ts'

export interface DaemonParts {
  readonly settings: BridgedSettings
  /** Reads the settings anew. @throws ConfigError */
  readonly readAgain: () => BridgedSettings
}

/** Runs the bridge until SIGTERM or SIGINT; a second one ends it at once. @returns the exit status */
export const runDaemon = async ({ settings, readAgain }: DaemonParts): Promise<number> => {
  const logger = createLogger(settings.log)
  const notifier = createNotifier(process.env)
  let bridge: RunningBridge | undefined
  // signals first: one that comes while we start must not end us as if nobody listened
  const stop = nextSignal(['SIGTERM', 'SIGINT'])
  const endReloads = onHangup(async () => {
    if (!bridge) return
    notifier.reloading()
    await reload(bridge, readAgain, logger)
    notifier.ready()
  })
  try {
    bridge = await runBridge({ settings, logger })
  } catch (thrown) {
    logger.error(messageOf(thrown))
    endReloads()
    return 1
  }
  const { addresses, apiUrl } = bridge
  logger.info(`listening at ${[...addresses, ...(apiUrl === undefined ? [] : [apiUrl])].join(' ')}`)
  const endWatchdog = notifier.startWatchdog()
  notifier.ready()
  await stop
  notifier.stopping()
  endReloads()
  await bridge.close()
  endWatchdog()
  return 0
}

const nextSignal = (signals: readonly NodeJS.Signals[]): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve())
  })

/** One reload after the other. */
const onHangup = (reloadOnce: () => Promise<void>): (() => void) => {
  let last = Promise.resolve()
  const listener = (): void => {
    last = last.then(reloadOnce)
  }
  process.on('SIGHUP', listener)
  return () => process.off('SIGHUP', listener)
}

const reload = async (bridge: RunningBridge, readAgain: () => BridgedSettings, logger: Logger): Promise<void> => {
  try {
    await bridge.reload(readAgain())
    logger.info('settings read again')
  } catch (thrown) {
    if (thrown instanceof ConfigError) logger.error('settings refused, the old ones stay')
    for (const line of messageOf(thrown).split('\n')) logger.error(line)
  }
}
