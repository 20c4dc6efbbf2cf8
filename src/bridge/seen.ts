import { keepNewest } from './oldest.ts'

/** Remembers about the last `limit` ids. */
export class SeenIds {
  readonly #limit: number
  readonly #ids = new Set<string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @returns whether it was there already */
  add(id: string): boolean {
    if (this.#ids.has(id)) return true
    this.#ids.add(id)
    keepNewest(this.#ids, this.#limit)
    return false
  }
}
