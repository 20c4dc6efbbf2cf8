/** One way into the bridge. Splits its transport into frames and hands each over; parsing and judging is the bridge's. */
export interface Receiver {
  readonly name: string
  /**
   * Resolves when it listens. Port 0 is allowed: `address` tells the real one.
   * @throws ReceiverError
   */
  open(): Promise<void>
  /** Where it listens, for logs, the API and tests: `unix:/run/x.sock`, `tcp:127.0.0.1:6514`. */
  readonly address: string
  /** Takes nothing more; what was received whole has been handed over when this resolves. */
  close(): Promise<void>
}

/** Where a frame came in, and whether attribution that it carries is believed (`design`: nobody impersonated). */
export interface Origin {
  readonly receiver: string
  readonly mayAttribute: boolean
}

/** One syslog message without its framing. The bytes are valid only during the call. Never throws. */
export type TakeFrame = (frame: Buffer, origin: Origin) => void

/**
 * Why bytes did not become a frame. bad-framing and frame-too-large on a counted stream close the connection, since
 * nobody knows where its next frame begins; half-frame: the rest of a frame did not come in time; cut-off: the
 * connection ended inside a frame; too-many-connections: one that was not let in.
 */
export type ReceiverReason = 'bad-framing' | 'frame-too-large' | 'half-frame' | 'cut-off' | 'too-many-connections'

/** What a receiver calls. */
export interface ReceiverCalls {
  readonly take: TakeFrame
  readonly refuse: (reason: ReceiverReason, origin: Origin, count?: number) => void
}

/** A receiver could not be opened; the message says which, where and why. */
export class ReceiverError extends Error {}
