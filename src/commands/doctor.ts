import { randomInt } from 'node:crypto'
import { systemClock } from '../clock.ts'
import { messageOf } from '../errors.ts'
import { listerFor, relayFor } from '../gatherd/gatherd.ts'
import type { GatherdSettings } from '../gatherd/settings.ts'
import { Ledger } from '../ledger.ts'
import { silentLogger } from '../logger.ts'
import type { Metric } from '../metric.ts'
import type { Gear } from '../node/gear.ts'
import { PROBE_METRIC } from '../probe.ts'
import { describeTarget } from '../relay/settings.ts'
import { type BridgeClient, bridgeOf } from './bridge-client.ts'
import { type Context, nodeSettings } from './context.ts'
import { type BackendReport, broken, type Hop, judgeBackend, ok, overdueBackend } from './doctor/hops.ts'
import { renderTable } from './table.ts'

const DEFAULT_TIMEOUT_S = 10
const SYSLOG_MS = 2000
const LOOK_EVERY_MS = 100

/**
 * `oo-metrics doctor`: sends one marked metric from a gear through syslog and the bridge to each backend.
 * @returns 0 when it came through everywhere, 1 when a hop is broken
 */
export const doctor = async (context: Context): Promise<number> => {
  const { output, given, colour } = context
  const timeoutMs = Number(given.timeout ?? DEFAULT_TIMEOUT_S) * 1000
  const hops = await examine(nodeSettings(context), context, timeoutMs > 0 ? timeoutMs : DEFAULT_TIMEOUT_S * 1000)
  const first = hops.find(({ result }) => result === 'broken')
  if (given.json) output.out(JSON.stringify({ hops, broken: first?.name ?? null }, undefined, 2))
  else {
    const rows = hops.map(({ name, target, result, detail }) => [name, target, result, detail])
    for (const line of renderTable(['HOP', 'TARGET', 'RESULT', 'DETAIL'], rows, { colour })) output.out(line)
    output.out(first ? `broken at ${first.name}: ${first.detail}` : 'the metric came through')
  }
  return first ? 1 : 0
}

const examine = async (settings: GatherdSettings, context: Context, timeoutMs: number): Promise<readonly Hop[]> => {
  const { gears } = await listerFor(settings, context.confDir).list()
  const gear = gears.find(({ resting }) => resting === undefined) ?? gears[0]
  if (!gear) return [broken('gears', settings.gears.source, 'there are no gears: see oo-metrics list')]
  const hops = [ok('gears', `${settings.gears.source}: ${gears.length}`, `probe sent as gear ${gear.id}`)]
  const mark = randomInt(2 ** 47)

  const bridge = bridgeOf(context)
  const sent = await sendProbe(settings, gear, mark)
  hops.push(sent)
  const alive = await askBridge(bridge)
  hops.push(
    sent.result === 'ok' || alive.result === 'broken'
      ? alive
      : { ...alive, detail: 'it runs, but the probe was not sent' },
  )
  if (sent.result === 'broken' || alive.result === 'broken') return hops

  const deadline = systemClock.now() + timeoutMs
  const arrival = await awaitArrival(bridge, { gear, mark, deadline })
  hops.push(arrival)
  return arrival.result === 'ok' ? [...hops, ...(await awaitBackends(bridge, mark, deadline))] : hops
}

const sendProbe = async (settings: GatherdSettings, gear: Gear, mark: number): Promise<Hop> => {
  const target = describeTarget(settings.relay.target)
  let complaint = 'it takes no messages'
  const warn = (message: string): void => {
    complaint = message
  }
  const logger = { ...silentLogger, warn }
  const relay = relayFor(settings, logger, new Ledger())
  relay.emit([probeOf(gear, mark)])
  const isSent = await relay.drain(SYSLOG_MS)
  relay.close()
  return isSent
    ? ok('syslog', target, 'took the probe')
    : broken('syslog', target, `${complaint} (does rsyslogd run, with our rule file?)`)
}

const probeOf = (gear: Gear, mark: number): Metric => ({
  type: 'metric',
  name: PROBE_METRIC,
  value: mark,
  kind: 'gauge',
  timeMs: systemClock.now(),
  labels: gear.labels,
  collector: 'doctor',
})

const askBridge = async (bridge: BridgeClient): Promise<Hop> => {
  try {
    await bridge.get('/v0/ping')
    return ok('bridge', bridge.url, 'answers')
  } catch (thrown) {
    return broken('bridge', bridge.url, messageOf(thrown))
  }
}

interface Wait {
  readonly gear: Gear
  readonly mark: number
  /** Unix milliseconds. */
  readonly deadline: number
}

const never = new AbortController().signal

/** Looks again and again until there is an answer, or `deadline`. */
const lookUntil = async <T>(deadline: number, look: () => Promise<T | undefined>): Promise<T | undefined> => {
  for (;;) {
    const found = await look()
    if (found !== undefined || systemClock.now() > deadline) return found
    await systemClock.sleep(LOOK_EVERY_MS, never)
  }
}

const awaitArrival = async (bridge: BridgeClient, { gear, mark, deadline }: Wait): Promise<Hop> => {
  const path = `/api/v1/metrics?gear=${encodeURIComponent(gear.id)}`
  const arrived = await lookUntil(deadline, async () => {
    const metrics = (await bridge.get(path)) as readonly { name: string; value: number }[] | undefined
    return metrics?.find(({ name, value }) => name === PROBE_METRIC && value === mark)
  })
  return arrived
    ? ok('syslog to bridge', bridge.url, 'the probe arrived')
    : broken(
        'syslog to bridge',
        bridge.url,
        'syslog took the probe, but the bridge did not get it (does rsyslogd load our rule file, and run oo-metrics-bridge omprog?)',
      )
}

const awaitBackends = async (bridge: BridgeClient, mark: number, deadline: number): Promise<readonly Hop[]> => {
  let reports: readonly BackendReport[] = []
  await lookUntil(deadline, async () => {
    reports = ((await bridge.get('/api/v1/backends')) as readonly BackendReport[] | undefined) ?? []
    return reports.every((report) => judgeBackend(report, mark)) ? true : undefined
  })
  return reports.map((report) => judgeBackend(report, mark) ?? overdueBackend(report))
}
