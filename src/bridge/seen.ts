/** Remembers the last `limit` ids. */
export class SeenIds {
  readonly #limit: number
  readonly #ids = new Set<string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @returns whether it was there already */
  add(id: string): boolean {
    if (this.#ids.has(id)) return true
    for (const oldest of this.#ids) {
      if (this.#ids.size < this.#limit) break
      this.#ids.delete(oldest)
    }
    this.#ids.add(id)
    return false
  }
}
