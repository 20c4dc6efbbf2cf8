import { ConfigError, messageOf } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { createNotifier } from './notify.ts'

/** A daemon as the service manager and its signals see it. */
export interface Service {
  /** Resolves when it serves; what it says about that is logged. @throws Error when it cannot: exit status 1 */
  start(): Promise<string | undefined>
  /** Reads its settings again and takes them over. @throws ConfigError when they are refused: the old ones stay */
  reload(): Promise<void>
  /** Ends in good order, within bounds. */
  stop(): Promise<void>
}

/** Runs a daemon until SIGTERM or SIGINT; a second one ends it at once. SIGHUP reloads. @returns the exit status */
export const runService = async (service: Service, logger: Logger, environment = process.env): Promise<number> => {
  const notifier = createNotifier(environment)
  let isServing = false
  // signals first: one that comes while we start must not end us as if nobody listened
  const told = nextSignal(['SIGTERM', 'SIGINT'])
  const endReloads = onHangup(async () => {
    if (!isServing) return
    notifier.reloading()
    await reload(service, logger)
    notifier.ready()
  })
  try {
    const news = await service.start()
    if (news !== undefined) logger.info(news)
  } catch (thrown) {
    logger.error(messageOf(thrown))
    void endReloads()
    return 1
  }
  isServing = true
  const endWatchdog = notifier.startWatchdog()
  notifier.ready()
  await told
  notifier.stopping()
  await endReloads()
  await service.stop()
  endWatchdog()
  return 0
}

const nextSignal = (signals: readonly NodeJS.Signals[]): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve())
  })

/** One reload after the other. @returns what ends it, resolving when none runs any more */
const onHangup = (reloadOnce: () => Promise<void>): (() => Promise<void>) => {
  let last = Promise.resolve()
  const listener = (): void => {
    last = last.then(reloadOnce)
  }
  process.on('SIGHUP', listener)
  return () => {
    process.off('SIGHUP', listener)
    return last
  }
}

const reload = async (service: Service, logger: Logger): Promise<void> => {
  try {
    await service.reload()
    logger.info('settings read again')
  } catch (thrown) {
    if (thrown instanceof ConfigError) logger.error('settings refused, the old ones stay')
    for (const line of messageOf(thrown).split('\n')) logger.error(line)
  }
}
