/** One encoded message on its way, with what the books need to know of it. */
export interface Outgoing {
  readonly bytes: Buffer
  readonly gear: string
  /** Signals in it. */
  readonly count: number
}

/** Messages that wait for the far side: first in, first out, bounded by bytes; the oldest give way. */
export class RelayBuffer {
  readonly #limitBytes: number
  readonly #onDrop: (dropped: Outgoing) => void
  #waiting: Outgoing[] = []
  #head = 0
  #bytes = 0

  constructor(limitBytes: number, onDrop: (dropped: Outgoing) => void) {
    this.#limitBytes = limitBytes
    this.#onDrop = onDrop
  }

  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#waiting.length - this.#head
  }

  push(message: Outgoing): void {
    this.#waiting.push(message)
    this.#bytes += message.bytes.length
    while (this.#bytes > this.#limitBytes) this.#onDrop(this.#shift())
  }

  /** Takes the oldest messages, at least one and at most `maxBytes` of them; they count no longer as waiting. */
  take(maxBytes: number): Outgoing[] {
    const taken: Outgoing[] = []
    let bytes = 0
    while (this.length > 0 && (taken.length === 0 || bytes + this.#waiting[this.#head]!.bytes.length <= maxBytes)) {
      const message = this.#shift()
      taken.push(message)
      bytes += message.bytes.length
    }
    return taken
  }

  #shift(): Outgoing {
    const message = this.#waiting[this.#head]!
    this.#head += 1
    this.#bytes -= message.bytes.length
    // an array's own shift() moves everything each time
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    return message
  }
}
