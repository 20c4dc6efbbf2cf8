/** The process group of one run. Its number is that of the script, which leads it. */
export interface Group {
  signal(name: 'SIGTERM' | 'SIGKILL'): void
  /** The leader has been reaped just now: when nobody else is left the number may be given to a stranger, and is used no more. */
  leaderGone(): void
}

export const groupOf = (leader: number): Group => {
  let isOurs = true
  // ESRCH: all are gone; EPERM: without root, what is left changed its user
  const reach = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-leader, signal)
    } catch {
      return false
    }
  }
  return {
    signal(name) {
      if (isOurs) reach(name)
    },
    leaderGone() {
      isOurs &&= reach(0)
    },
  }
}
