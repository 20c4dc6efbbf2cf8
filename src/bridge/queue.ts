export interface QueueLimits {
  readonly maxItems: number
  readonly maxBytes: number
}

/** First in, first out; beyond its limits the oldest give way. */
export class BoundedQueue<T> {
  readonly #limits: QueueLimits
  readonly #sizeOf: (item: T) => number
  readonly #onDrop: (item: T) => void
  #items: T[] = []
  #head = 0
  #bytes = 0

  constructor(
    limits: QueueLimits,
    calls: { readonly sizeOf: (item: T) => number; readonly onDrop: (item: T) => void },
  ) {
    this.#limits = limits
    this.#sizeOf = calls.sizeOf
    this.#onDrop = calls.onDrop
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  push(item: T): void {
    this.#items.push(item)
    this.#bytes += this.#sizeOf(item)
    while (this.length > this.#limits.maxItems || (this.#bytes > this.#limits.maxBytes && this.length > 1)) {
      for (const dropped of this.take(1)) this.#onDrop(dropped)
    }
  }

  /** The oldest, at most `count`; they count no longer as waiting. */
  take(count: number): T[] {
    const taken = this.#items.slice(this.#head, this.#head + count)
    this.#head += taken.length
    for (const item of taken) this.#bytes -= this.#sizeOf(item)
    // an array's own shift() moves everything each time
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return taken
  }
}
