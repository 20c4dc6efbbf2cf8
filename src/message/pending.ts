/** Bytes that wait for the rest of their line or frame. Grows by doubling, so that tiny chunks cost no more than large ones. */
export class Pending {
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  append(chunk: Buffer): void {
    const length = this.#length + chunk.length
    if (length > this.#bytes.length) this.#grow(length)
    chunk.copy(this.#bytes, this.#length)
    this.#length = length
  }

  clear(): void {
    this.#length = 0
  }

  /** All that waited. The bytes are valid until the next `append`. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.clear()
    return taken
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(256, length, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
