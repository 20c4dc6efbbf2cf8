import { CR, LF } from './ascii.ts'
import { Pending } from './pending.ts'

/** One line without its end. The bytes are valid only during the call. */
export type TakeLine = (line: Buffer) => void

/**
 * Splits bytes, however they are cut into chunks, into lines that end in `\n` or `\r\n`.
 * The limit counts the newline, and the newline that the last line lacks; a longer line is dropped whole.
 * Never holds more than one line within the limit.
 */
export class LineSplitter {
  readonly #maxLineBytes: number
  readonly #pending = new Pending()
  /** Bytes of the present line so far, dropped ones included. */
  #seen = 0
  #tooLong = 0

  constructor({ maxLineBytes }: { readonly maxLineBytes: number }) {
    this.#maxLineBytes = maxLineBytes
  }

  /** Lines dropped so far, the present one included as soon as it is over the limit. */
  get tooLong(): number {
    return this.#tooLong
  }

  /** A line has begun and has not ended. */
  get inLine(): boolean {
    return this.#seen > 0
  }

  push(chunk: Buffer, take: TakeLine): void {
    for (let at = 0; at < chunk.length; ) at = this.pushLine(chunk, at, take)
  }

  /** Takes from `at` to the end of the line, or of the chunk where that comes first; returns where it stopped. */
  pushLine(chunk: Buffer, at: number, take: TakeLine): number {
    const newline = chunk.indexOf(LF, at)
    const stop = newline < 0 ? chunk.length : newline
    const isFirst = this.#seen === 0
    this.#count(stop - at)
    if (newline < 0) {
      if (this.#fits) this.#pending.append(chunk.subarray(at))
      return stop
    }
    if (this.#fits) {
      if (!isFirst) this.#pending.append(chunk.subarray(at, stop))
      take(withoutReturn(isFirst ? chunk.subarray(at, stop) : this.#pending.take()))
    }
    this.#reset()
    return stop + 1
  }

  /** The input is over: what it left without a newline is a line as well. */
  end(take: TakeLine): void {
    if (this.#seen > 0 && this.#fits) take(withoutReturn(this.#pending.take()))
    this.#reset()
  }

  get #fits(): boolean {
    return this.#seen < this.#maxLineBytes
  }

  #count(bytes: number): void {
    const didFit = this.#fits
    this.#seen += bytes
    if (didFit && !this.#fits) this.#tooLong += 1
  }

  #reset(): void {
    this.#seen = 0
    this.#pending.clear()
  }
}

const withoutReturn = (line: Buffer): Buffer => (line.at(-1) === CR ? line.subarray(0, -1) : line)
