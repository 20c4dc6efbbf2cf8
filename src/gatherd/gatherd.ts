import { isDeepStrictEqual } from 'node:util'
import { systemClock } from '../clock.ts'
import type { Collector } from '../collectors/collector.ts'
import { type CollectorContext, collectorKinds } from '../collectors/registry.ts'
import { createGatherer, type Gatherer } from '../gather/gatherer.ts'
import type { RoundReport } from '../gather/round.ts'
import type { Self } from '../gather/self.ts'
import { Ledger } from '../ledger.ts'
import type { Logger } from '../logger.ts'
import { createGearLister, type GearLister } from '../node/gears.ts'
import { metadataKeys, reservedKeys } from '../node/metadata.ts'
import { createRelay, type Relay } from '../relay/relay.ts'
import type { RunScript } from '../scripts/script-run.ts'
import { createSpawningRunner, type ScriptRunner } from '../scripts/spawner/runner.ts'
import type { Emit } from '../signal.ts'
import { openGatherdControl } from './control.ts'
import { type Knowledge, knowNothing, loadOf, selfOf } from './knowledge.ts'
import { type GatherdSettings, nodeLabelsOf, nodeNameOf } from './settings.ts'

export interface Surroundings {
  /** Directory of node.conf, env/ and gears.d/. */
  readonly confDir: string
  readonly logger: Logger
}

interface Wiring extends Surroundings {
  readonly ledger: Ledger
  readonly emit: Emit
  readonly known: Knowledge
  readonly run: RunScript
  /** Absent where only the gears' own lines are wanted. */
  readonly self?: Self
}

const ownUid = (): number => process.getuid?.() ?? -1

/** Reads the gears of this node. */
export const listerFor = (settings: GatherdSettings, confDir: string): GearLister =>
  createGearLister({
    settings: settings.gears,
    confDir,
    nodeName: nodeNameOf(settings),
    isRoot: ownUid() === 0,
    ownUid: ownUid(),
  })

export interface CollectorParts {
  readonly ledger: Ledger
  readonly logger: Logger
  /** Absent: nothing is known of rounds before. */
  readonly known?: Knowledge
  /** Whether each run is measured for its author. */
  readonly tellsRuns?: boolean
  /** Absent: by a spawner that ends with us. */
  readonly run?: RunScript
}

/** Runs the scripts of gears; nothing is started before the first of them. */
const runnerFor = ({ scripts, gears }: GatherdSettings, logger: Logger): ScriptRunner =>
  createSpawningRunner({ settings: scripts, minUid: gears.minUid, logger })

export const collectorsFor = (
  settings: GatherdSettings,
  { ledger, logger, known = knowNothing(), tellsRuns = false, run = runnerFor(settings, logger).run }: CollectorParts,
): readonly Collector[] => {
  const context: CollectorContext = {
    scripts: settings.scripts,
    backoff: settings.backoff,
    budgets: settings.budgets,
    cgroup: settings.cgroup,
    quota: settings.quota,
    process: settings.process,
    system: settings.system,
    baseDir: settings.gears.baseDir,
    nodeLabels: nodeLabelsOf(settings),
    logger,
    ...known,
    tellsRuns,
    run,
    reserved: reservedKeys(settings.gears),
    clock: systemClock,
    ledger,
  }
  return collectorKinds.map((create) => create(context))
}

/** Joins sources of gears, collectors and rounds; what they say goes to `emit`. */
const assemble = (settings: GatherdSettings, { confDir, logger, ledger, emit, known, run, self }: Wiring): Gatherer => {
  const lister = listerFor(settings, confDir)
  const measures = self !== undefined && settings.gather.selfMetrics
  return createGatherer({
    settings: settings.gather,
    listGears: () => lister.list(),
    collectors: collectorsFor(settings, { ledger, logger, known, run, tellsRuns: measures }),
    emit,
    clock: systemClock,
    logger,
    ledger,
    nodeLabels: nodeLabelsOf(settings),
    ...(measures && { self }),
  })
}

/** The relay's own part of the settings, and what else its frames depend on. */
const relayParts = (settings: GatherdSettings, logger: Logger, ledger: Ledger) => ({
  settings: settings.relay,
  logger,
  ledger,
  hostname: nodeNameOf(settings),
  metadataKeys: metadataKeys(settings.gears),
})

export const relayFor = (settings: GatherdSettings, logger: Logger, ledger: Ledger): Relay =>
  createRelay(relayParts(settings, logger, ledger))

/** One round without offsets, to `emit` or, where that is missing, to syslog. */
export const gatherOnce = async (
  settings: GatherdSettings,
  { confDir, logger }: Surroundings,
  emit?: Emit,
): Promise<{ readonly report: RoundReport; readonly sent: boolean }> => {
  const ledger = new Ledger()
  const known = knowNothing()
  const relay = emit ? undefined : relayFor(settings, logger, ledger)
  const way = relay ? { emit: relay.emit, self: selfOf(known, ledger, () => loadOf(relay, settings)) } : { emit: emit! }
  const runner = runnerFor(settings, logger)
  const report = await assemble(settings, { confDir, logger, ledger, known, run: runner.run, ...way }).once()
  await runner.close()
  const sent = (await relay?.drain(DRAIN_MS)) ?? true
  relay?.close()
  return { report, sent }
}

/** How long a stopping daemon goes on sending what waits. */
const DRAIN_MS = 2000

export interface Gatherd {
  start(): void
  /** Takes new settings; rounds go on with them, and the connection to syslog stays if its settings do. */
  reload(settings: GatherdSettings): Promise<void>
  /** Begins nothing more, lets what runs end, sends what waits. */
  stop(): Promise<void>
}

export const createGatherd = (first: GatherdSettings, { confDir, logger }: Surroundings): Gatherd => {
  const ledger = new Ledger()
  let settings = first
  let relay = relayFor(settings, logger, ledger)
  const emit: Emit = (signals) => relay.emit(signals)
  const known = knowNothing()
  const self = selfOf(known, ledger, () => loadOf(relay, settings))
  let runner = runnerFor(settings, logger)
  const wiring = () => ({ confDir, logger, ledger, emit, known, self, run: runner.run })
  const openSocket = () => openGatherdControl({ settings: () => settings, ...known, ledger, logger })
  let gatherer = assemble(settings, wiring())
  let control: ReturnType<typeof openSocket> | undefined

  const closeRelay = async (old: Relay): Promise<void> => {
    if (!(await old.drain(DRAIN_MS)))
      logger.warn(`${old.waiting.messages} messages for syslog are lost: it does not take them`)
    old.close()
  }

  return {
    start() {
      control = openSocket()
      gatherer.start()
    },
    async reload(next) {
      if (isDeepStrictEqual(settings, next)) return
      await gatherer.stop()
      const [before, after] = [relayParts(settings, logger, ledger), relayParts(next, logger, ledger)]
      const old = relay
      const isSameSocket = isDeepStrictEqual(settings.control, next.control)
      settings = next
      await runner.close()
      runner = runnerFor(settings, logger)
      if (!isDeepStrictEqual({ ...before, logger: 0, ledger: 0 }, { ...after, logger: 0, ledger: 0 })) {
        relay = createRelay(after)
        await closeRelay(old)
      }
      if (!isSameSocket) {
        await (await control)?.close()
        control = openSocket()
      }
      gatherer = assemble(settings, wiring())
      gatherer.start()
    },
    async stop() {
      await gatherer.stop()
      await runner.close()
      await (await control)?.close()
      await closeRelay(relay)
    },
  }
}
