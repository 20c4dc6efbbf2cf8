/** One way into the bridge. Splits its transport into frames and hands each over; parsing and judging is the bridge's. */
export interface Receiver {
  readonly name: string
  /** Resolves when it listens. Port 0 is allowed: `address` tells the real one. */
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
