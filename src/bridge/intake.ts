import type { Clock } from '../clock.ts'
import type { Ledger } from '../ledger.ts'
import { type Decoded, decodeFrame } from '../message/decode.ts'
import type { TakeFrame } from '../receivers/receiver.ts'
import type { Signal } from '../signal.ts'
import { SeenIds } from './seen.ts'

/** Stages of the ledger: syslog messages, and the signals in them. */
export const FRAMES = 'frames'
export const SIGNALS = 'signals'

export interface IntakeParts {
  readonly ledger: Ledger
  readonly clock: Pick<Clock, 'now'>
  /** How many ids of frames are remembered. */
  readonly seenFrames: number
  /** Gets the signals of one frame. */
  readonly take: (signals: readonly Signal[]) => void
}

/** Reads frames, drops those that came before, and keeps the books of both. */
export const createIntake = ({ ledger, clock, seenFrames, take }: IntakeParts): TakeFrame => {
  const seen = new SeenIds(seenFrames)

  const takeSignals = ({ signals, refused }: Extract<Decoded, { status: 'signals' }>): void => {
    const gear = signals[0]?.labels.get('gear') ?? ''
    ledger.received(SIGNALS, gear, signals.length + refused.length)
    for (const { reason } of refused) ledger.drop(SIGNALS, gear, reason)
    ledger.passed(SIGNALS, gear, signals.length)
    if (signals.length > 0) take(signals)
  }

  return (frame, { mayAttribute }) => {
    ledger.received(FRAMES, '')
    const decoded = decodeFrame(frame, { mayAttribute, nowMs: clock.now() })
    if (decoded.status !== 'signals') return ledger.drop(FRAMES, '', decoded.reason)
    if (decoded.id !== undefined && seen.add(decoded.id)) return ledger.drop(FRAMES, '', 'double')
    ledger.passed(FRAMES, '')
    takeSignals(decoded)
  }
}
