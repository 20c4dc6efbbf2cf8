import { FRAMES, SIGNALS } from '../../bridge/intake.ts'
import { type BackendState, stageOf } from '../../bridge/pump.ts'
import type { Ledger } from '../../ledger.ts'
import type { Exposition } from './exposition.ts'
import type { AddSelf } from './route.ts'

export interface SelfParts {
  readonly version: string
  readonly ledger: Ledger
  readonly backends: () => readonly BackendState[]
  /** Messages that slow readers of the live stream missed. */
  readonly missedByStreams: () => number
}

/** What the bridge tells of itself; names and units follow the usual ones of exporters. */
export const createSelfMetrics = ({ version, ledger, backends, missedByStreams }: SelfParts): AddSelf => {
  return (page) => {
    const put = putInto(page)
    put(['build_info', 'Version of the bridge and its runtime.'], 1, { version, node: process.versions.node })
    addStage(put, ledger, { stage: FRAMES, of: 'frames', what: 'Syslog messages' })
    addStage(put, ledger, { stage: SIGNALS, of: 'signals', what: 'Metrics, events and contracts' })
    put(['stream_missed_total', 'Messages that slow readers of the live stream missed.'], missedByStreams())
    for (const state of backends()) addBackend(put, ledger, state)
  }
}

type Put = (facts: readonly [name: string, help: string], value: number, labels?: Record<string, string>) => void

const putInto =
  (page: Exposition): Put =>
  ([name, help], value, labels = {}) => {
    const type = name.endsWith('_total') ? 'counter' : 'gauge'
    page.add({ name: `oo_bridge_${name}`, type, help }, new Map(Object.entries(labels)), value)
  }

const addStage = (put: Put, ledger: Ledger, { stage, of, what }: { stage: string; of: string; what: string }): void => {
  const account = ledger.total(stage)
  put([`${of}_received_total`, `${what} that came in.`], account.in)
  for (const [reason, count] of account.dropped)
    put([`${of}_dropped_total`, `${what} dropped, by reason.`], count, { reason })
}

const addBackend = (put: Put, ledger: Ledger, { name, isUp, waiting, failedWrites }: BackendState): void => {
  const { out, dropped } = ledger.total(stageOf(name))
  const backend = { backend: name }
  put(['backend_up', 'Whether the last write to the backend succeeded.'], isUp ? 1 : 0, backend)
  put(['backend_queue_length', 'Metrics that wait for the backend.'], waiting, backend)
  put(['backend_written_total', 'Metrics written to the backend.'], out, backend)
  put(['backend_failed_writes_total', 'Attempts to write that failed.'], failedWrites, backend)
  for (const [reason, count] of dropped)
    put(['backend_dropped_total', 'Metrics not written, by reason.'], count, { ...backend, reason })
}
