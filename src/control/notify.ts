import { execFile } from 'node:child_process'

/** Tells the service manager how we are (sd_notify(3)). Does nothing where none has started us. */
export interface Notifier {
  ready(): void
  reloading(): void
  stopping(): void
  /** Says twice in the time allowed that we are alive, where the manager asked for that. @returns what ends it */
  startWatchdog(): () => void
}

type Tell = (...assignments: string[]) => void

/** Node.js cannot open Unix datagram sockets, so systemd-notify(1) speaks for us; the unit needs `NotifyAccess=all`. */
const tellBySystemdNotify: Tell = (...assignments) => {
  // when it fails the manager notices, and says more than we could
  execFile('systemd-notify', assignments, { timeout: 5000 }, () => {})
}

export const createNotifier = (environment: NodeJS.ProcessEnv, tell = tellBySystemdNotify): Notifier => {
  const say: Tell = environment.NOTIFY_SOCKET ? tell : () => {}
  const watchdogMs = watchdogOf(environment)
  return {
    ready: () => say('READY=1'),
    reloading: () => say('RELOADING=1'),
    stopping: () => say('STOPPING=1'),
    startWatchdog() {
      if (watchdogMs === undefined) return () => {}
      const timer = setInterval(() => say('WATCHDOG=1'), watchdogMs / 2)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}

/** sd_watchdog_enabled(3): WATCHDOG_PID, when it is there, must be ours. */
const watchdogOf = ({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number | undefined => {
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid)
  const microseconds = Number(WATCHDOG_USEC)
  return isOurs && microseconds > 0 ? microseconds / 1000 : undefined
}
