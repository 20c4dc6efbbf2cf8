import { randomUUID } from 'node:crypto'
import { systemClock } from '../clock.ts'
import { messageOf } from '../errors.ts'
import type { Ledger } from '../ledger.ts'
import type { Logger } from '../logger.ts'
import { type EncodeOptions, encodeFrames } from '../message/frame.ts'
import { lfTerminated, octetCounted } from '../message/framing.ts'
import type { Emit } from '../signal.ts'
import { type Outgoing, RelayBuffer } from './buffer.ts'
import { describeTarget, facilityNumber, type RelaySettings } from './settings.ts'
import { SyslogSender } from './syslog.ts'

export interface RelayParts {
  readonly settings: RelaySettings
  readonly logger: Logger
  readonly ledger: Ledger
  readonly hostname: string
  /** Keys of METRICS_METADATA in their order: the head of each line. */
  readonly metadataKeys: readonly string[]
}

export interface Relay {
  readonly emit: Emit
  /** Resolves with true when nothing waits any more, with false after `limitMs`. */
  drain(limitMs: number): Promise<boolean>
  close(): void
  /** What waits for the far side. */
  readonly waiting: { readonly messages: number; readonly bytes: number }
}

const WRITE_BYTES = 64 * 1024
const UDP_FRAME_BYTES = 2048
const INFO = 6

/**
 * Writes signals to syslog. Messages wait in memory, bounded, while the far side is away; a write that failed is made
 * again, after a pause that grows from 0.1 s to 10 s, with jitter.
 */
export const createRelay = ({ settings, logger, ledger, hostname, metadataKeys }: RelayParts): Relay => {
  const sender = new SyslogSender(settings.target)
  const isDatagram = settings.target.kind === 'udp'
  const frame = isDatagram ? (bytes: Buffer) => bytes : settings.framing === 'lf' ? lfTerminated : octetCounted
  const buffer = new RelayBuffer(settings.bufferBytes, ({ gear, count }) =>
    ledger.drop('relay', gear, 'buffer-full', count),
  )
  const closed = new AbortController()
  const options = encodeOptions(settings, hostname, metadataKeys)
  let pumping: Promise<void> | undefined

  const pump = async (): Promise<void> => {
    while (buffer.length > 0 && !closed.signal.aborted) {
      const batch = buffer.take(isDatagram ? 1 : WRITE_BYTES)
      if (await deliver(batch)) for (const { gear, count } of batch) ledger.passed('relay', gear, count)
      else for (const { gear, count } of batch) ledger.drop('relay', gear, 'closed', count)
    }
    pumping = undefined // at once: a message that comes now must start the next run
  }
  const deliver = async (batch: readonly Outgoing[]): Promise<boolean> => {
    const bytes = batch.length === 1 ? batch[0]!.bytes : Buffer.concat(batch.map((message) => message.bytes))
    for (let failures = 0; !closed.signal.aborted; failures += 1) {
      try {
        await sender.send(bytes)
        if (failures > 0) logger.info(`syslog takes messages again after ${failures} failed attempts`)
        return true
      } catch (thrown) {
        if (failures === 0)
          logger.warn(`syslog ${describeTarget(settings.target)}: ${messageOf(thrown)}; messages wait`)
        await pause(failures, closed.signal)
      }
    }
    return false
  }

  return {
    emit(signals) {
      const gear = signals[0]?.labels.get('gear') ?? ''
      ledger.received('relay', gear, signals.length)
      const { frames, dropped } = encodeFrames(signals, options)
      for (const [reason, count] of dropped) ledger.drop('relay', gear, reason, count)
      for (const { bytes, count } of frames) buffer.push({ bytes: frame(bytes), gear, count })
      if (buffer.length > 0) pumping ??= pump()
    },
    async drain(limitMs) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(resolve, limitMs, false)
      })
      const drained = await Promise.race([late, (pumping ?? Promise.resolve()).then(() => buffer.length === 0)])
      clearTimeout(timer)
      return drained
    },
    close() {
      closed.abort()
      sender.close()
      for (const { gear, count } of buffer.take(Number.POSITIVE_INFINITY)) ledger.drop('relay', gear, 'closed', count)
    },
    get waiting() {
      return { messages: buffer.length, bytes: buffer.bytes }
    },
  }
}

const encodeOptions = (settings: RelaySettings, hostname: string, metadataKeys: readonly string[]): EncodeOptions => ({
  format: settings.format,
  hostname,
  procId: String(process.pid),
  priority: facilityNumber(settings.facility) * 8 + INFO,
  metadataKeys,
  maxFrameBytes:
    settings.target.kind === 'udp' ? Math.min(settings.maxFrameBytes, UDP_FRAME_BYTES) : settings.maxFrameBytes,
  maxPairBytes: settings.maxPairBytes,
  nextId: idsOf(randomUUID()),
})

/** Ids by which the far side knows a message that it gets twice. */
const idsOf = (run: string): (() => string) => {
  let last = 0
  return () => `${run}:${++last}`
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000

const pause = (failures: number, abort: AbortSignal): Promise<void> => {
  const fullMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
  return systemClock.sleep(fullMs * (0.5 + Math.random() / 2), abort)
}
