import { isDeepStrictEqual } from 'node:util'
import { systemClock } from '../clock.ts'
import type { Collector } from '../collectors/collector.ts'
import { type CollectorContext, collectorKinds } from '../collectors/registry.ts'
import { createGatherer, type Gatherer } from '../gather/gatherer.ts'
import type { RoundReport } from '../gather/round.ts'
import { Ledger } from '../ledger.ts'
import type { Logger } from '../logger.ts'
import { attributionLabels } from '../metric.ts'
import { createGearLister, type GearLister } from '../node/gears.ts'
import { metadataKeys } from '../node/metadata.ts'
import { createRelay, type Relay } from '../relay/relay.ts'
import { createScriptRunner } from '../scripts/run.ts'
import type { Emit } from '../signal.ts'
import { type GatherdSettings, nodeNameOf } from './settings.ts'

export interface Surroundings {
  /** Directory of node.conf, env/ and gears.d/. */
  readonly confDir: string
  readonly logger: Logger
}

interface Wiring extends Surroundings {
  readonly ledger: Ledger
  readonly emit: Emit
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

export const collectorsFor = (settings: GatherdSettings, ledger: Ledger): readonly Collector[] => {
  const context: CollectorContext = {
    scripts: settings.scripts,
    run: createScriptRunner({ minUid: settings.gears.minUid }),
    reserved: new Set([...attributionLabels, ...metadataKeys(settings.gears)]),
    clock: systemClock,
    ledger,
  }
  return collectorKinds.map((create) => create(context))
}

/** Joins sources of gears, collectors and rounds; what they say goes to `emit`. */
const assemble = (settings: GatherdSettings, { confDir, logger, ledger, emit }: Wiring): Gatherer => {
  const lister = listerFor(settings, confDir)
  return createGatherer({
    settings: settings.gather,
    listGears: () => lister.list(),
    collectors: collectorsFor(settings, ledger),
    emit,
    clock: systemClock,
    logger,
    ledger,
    nodeLabels: new Map([['node', nodeNameOf(settings)]]),
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
  const relay = emit ? undefined : relayFor(settings, logger, ledger)
  const report = await assemble(settings, { confDir, logger, ledger, emit: emit ?? relay!.emit }).once()
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
  let gatherer = assemble(settings, { confDir, logger, ledger, emit })

  const closeRelay = async (old: Relay): Promise<void> => {
    if (!(await old.drain(DRAIN_MS)))
      logger.warn(`${old.waiting.messages} messages for syslog are lost: it does not take them`)
    old.close()
  }

  return {
    start: () => gatherer.start(),
    async reload(next) {
      await gatherer.stop()
      const [before, after] = [relayParts(settings, logger, ledger), relayParts(next, logger, ledger)]
      const old = relay
      settings = next
      if (!isDeepStrictEqual({ ...before, logger: 0, ledger: 0 }, { ...after, logger: 0, ledger: 0 })) {
        relay = createRelay(after)
        await closeRelay(old)
      }
      gatherer = assemble(settings, { confDir, logger, ledger, emit })
      gatherer.start()
    },
    async stop() {
      await gatherer.stop()
      await closeRelay(relay)
    },
  }
}
