import { join } from 'node:path'
import { type Clock, systemClock } from '../../clock.ts'
import { messageOf } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import { removeGroup, sweep, unifiedRoot } from '../cgroup.ts'
import type { Command } from '../command.ts'
import { spawnProgram } from '../run.ts'
import type { ScriptSettings } from '../settings.ts'
import { createBackoff } from './backoff.ts'
import { type Link, type LinkTimes, openLink } from './link.ts'
import type { Readiness, SpawnerOptions } from './messages.ts'
import { spawnerCommand } from './program.ts'

/** Keeps one spawner going: started when it is first asked for, and again when it died. */
export interface Keeper {
  /** Undefined when there is none now; it is tried again after a while. */
  link(): Promise<Link | undefined>
  status(): KeeperStatus
  close(): Promise<void>
}

export interface KeeperStatus {
  /** Absent: there is none now. */
  readonly spawner?: Readiness & { readonly pid: number }
  /** Spawners that ended without being told to. */
  readonly deaths: number
}

export interface KeeperParts {
  readonly settings: Pick<ScriptSettings, 'cgroup' | 'maxProcesses'>
  /** As root, nothing is started with a lower uid. */
  readonly minUid: number
  readonly logger: Pick<Logger, 'info' | 'warn'>
  readonly clock?: Pick<Clock, 'now'>
  readonly times?: LinkTimes
  readonly commandFor?: (options: SpawnerOptions, asRoot: boolean) => Command
}

const TIMES: LinkTimes = { patienceMs: 5000, stuckMs: 5000 }

export const createKeeper = (parts: KeeperParts): Keeper => {
  const { logger, clock = systemClock, times = TIMES, commandFor = spawnerCommand } = parts
  const options = optionsFrom(parts)
  const asRoot = process.getuid?.() === 0
  const warnOnce = oncePerText((text) => logger.warn(text))
  const backoff = createBackoff(clock)
  let held: Promise<Link | undefined> | undefined
  let present: KeeperStatus['spawner']
  let deaths = 0
  let isClosed = false

  const open = async (): Promise<Link | undefined> => {
    if (options.cgroup !== undefined) await clearAway(options.cgroup, logger)
    const openedMs = clock.now()
    const child = spawnProgram(commandFor(options, asRoot))
    const link = openLink(child, { times, onGone: (words) => lost(openedMs, words) })
    const readiness = await link.ready
    if (!readiness) return undefined
    present = { ...readiness, pid: child.pid ?? 0 }
    if (!readiness.contained && asRoot) warnOnce(`scripts are held by their process group only: ${readiness.why}`)
    return link
  }
  const lost = (openedMs: number, words: string): void => {
    held = undefined
    present = undefined
    if (isClosed) return
    deaths += 1
    backoff.failed(openedMs)
    warnOnce(`the spawner of scripts ended: ${words === '' ? 'without a word' : words}`)
  }
  return {
    link() {
      if (isClosed || (!held && !backoff.isOver())) return Promise.resolve(undefined)
      held ??= open()
      return held
    },
    status: () => ({ ...(present && { spawner: present }), deaths }),
    async close() {
      isClosed = true
      await (await held)?.close()
      if (options.cgroup !== undefined) removeGroup(options.cgroup)
    },
  }
}

const optionsFrom = ({ settings, minUid }: KeeperParts): SpawnerOptions => {
  const root = settings.cgroup === '' ? undefined : unifiedRoot()
  const { maxProcesses } = settings
  return root === undefined ? { minUid, maxProcesses } : { minUid, maxProcesses, cgroup: join(root, settings.cgroup) }
}

const clearAway = async (cgroup: string, logger: KeeperParts['logger']): Promise<void> => {
  try {
    const count = await sweep(cgroup)
    if (count > 0) logger.info(`cleared away what ${count} spawner(s) that are gone had left`)
  } catch (thrown) {
    logger.warn(`what spawners that are gone have left cannot be cleared away: ${messageOf(thrown)}`)
  }
}

const MOST_TEXTS = 50

/** The same is not said again, however often it happens. */
const oncePerText = (say: (text: string) => void): ((text: string) => void) => {
  const said = new Set<string>()
  return (text) => {
    if (said.has(text) || said.size >= MOST_TEXTS) return
    said.add(text)
    say(text)
  }
}
