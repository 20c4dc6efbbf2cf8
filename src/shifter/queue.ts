/** Lines that wait to be written: at most `limit`; when it is full the oldest gives way and is counted. */
export class LineQueue {
  readonly #limit: number
  #lines: Buffer[] = []
  #evicted = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get length(): number {
    return this.#lines.length
  }

  /** Lines that gave way so far. */
  get evicted(): number {
    return this.#evicted
  }

  push(line: Buffer): void {
    if (this.#lines.length >= this.#limit) {
      this.#lines.shift()
      this.#evicted += 1
    }
    this.#lines.push(line)
  }

  takeAll(): Buffer[] {
    const lines = this.#lines
    this.#lines = []
    return lines
  }
}
