const LF = 0x0a
const BLANK = 0x20

/**
 * Cuts a stream into lines; a line over `maxBytes` becomes several pieces, at blanks where it has any, so that no number is
 * cut in two; an empty one none, and the last one needs no
 * newline. A piece comes with its newline at the end.
 */
export class PieceSplitter {
  readonly #maxBytes: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Buffer, take: (piece: Buffer) => void): void {
    let at = 0
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    while (at < bytes.length) {
      const newline = bytes.indexOf(LF, at)
      const isLine = newline >= 0 && newline - at <= this.#maxBytes
      if (!isLine && bytes.length - at <= this.#maxBytes) break
      const end = isLine ? newline : this.#cut(bytes, at)
      if (end > at) take(withNewline(bytes.subarray(at, end)))
      at = isLine ? end + 1 : end
    }
    this.#rest = Buffer.from(bytes.subarray(at))
  }

  #cut(bytes: Buffer, at: number): number {
    const end = at + this.#maxBytes
    const blank = bytes.lastIndexOf(BLANK, end - 1)
    return blank > at ? blank : end
  }

  end(take: (piece: Buffer) => void): void {
    if (this.#rest.length > 0) take(withNewline(this.#rest))
    this.#rest = Buffer.alloc(0)
  }
}

// the chunk's memory is used again, and a piece may wait
const withNewline = (piece: Buffer): Buffer => Buffer.concat([piece, Buffer.of(LF)])
