export interface ShelfLimits {
  readonly maxItems: number
  /** So that one gear cannot crowd out the others. */
  readonly maxItemsPerOwner: number
}

interface Item<V> {
  readonly value: V
  readonly seenMs: number
}

/** Keeps one value for each key of each owner, within limits, until it has not been renewed for a while. */
export class Shelf<V> {
  readonly #limits: ShelfLimits
  readonly #owners = new Map<string, Map<string, Item<V>>>()
  #size = 0

  constructor(limits: ShelfLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#size
  }

  get(owner: string, key: string): V | undefined {
    return this.#owners.get(owner)?.get(key)?.value
  }

  /** What is there already may always be renewed; a new key must fit. */
  put(owner: string, key: string, item: Item<V>): 'kept' | 'owner-full' | 'full' {
    const items = this.#owners.get(owner) ?? new Map<string, Item<V>>()
    if (!items.has(key)) {
      if (items.size >= this.#limits.maxItemsPerOwner) return 'owner-full'
      if (this.#size >= this.#limits.maxItems) return 'full'
      this.#size += 1
      this.#owners.set(owner, items)
    }
    items.set(key, item)
    return 'kept'
  }

  /** Values of one owner, or of all, that were renewed since. */
  *values(sinceMs: number, owner?: string): Generator<V> {
    const shelves =
      owner === undefined ? this.#owners.values() : [this.#owners.get(owner) ?? new Map<string, Item<V>>()]
    for (const items of shelves) for (const { value, seenMs } of items.values()) if (seenMs >= sinceMs) yield value
  }

  owners(): IterableIterator<string> {
    return this.#owners.keys()
  }

  /** Takes off what was not renewed since. */
  expire(sinceMs: number): void {
    for (const [owner, items] of this.#owners) {
      for (const [key, { seenMs }] of items) if (seenMs < sinceMs && items.delete(key)) this.#size -= 1
      if (items.size === 0) this.#owners.delete(owner)
    }
  }
}
