import { BLANK, CR, LF, NINE, ZERO } from './ascii.ts'
import { LineSplitter } from './lines.ts'
import { Pending } from './pending.ts'

/** One message without its framing. The bytes are valid only during the call. */
export type TakeFramed = (frame: Buffer) => void

/**
 * bad-length: MSG-LEN begins with 0 or is not followed by a blank; too-large: it is over the limit.
 * Either way nobody knows where the next frame begins: close the connection.
 */
export type FramingFault = 'bad-length' | 'too-large'

/**
 * Splits a stream into syslog messages by RFC 6587, deciding for each: a digit begins a counted one (§3.4.1), anything
 * else one that ends in LF (§3.4.2). Empty ones are skipped; one over the limit that ends in LF is dropped whole.
 */
export class FrameSplitter {
  readonly #maxFrameBytes: number
  readonly #lines: LineSplitter
  readonly #pending = new Pending()
  #state: 'start' | 'length' | 'body' | 'line' = 'start'
  /** MSG-LEN as far as it is known. */
  #length = 0
  #fault: FramingFault | undefined

  constructor({ maxFrameBytes }: { readonly maxFrameBytes: number }) {
    this.#maxFrameBytes = maxFrameBytes
    this.#lines = new LineSplitter({ maxLineBytes: maxFrameBytes + 1 })
  }

  /** LF-terminated frames dropped for their length. */
  get tooLong(): number {
    return this.#lines.tooLong
  }

  /** A frame has begun and has not ended: the place for a time limit. */
  get inFrame(): boolean {
    return this.#state !== 'start'
  }

  /** After a fault nothing more is taken, and the fault is told again. */
  push(chunk: Buffer, take: TakeFramed): FramingFault | undefined {
    for (let at = 0; at < chunk.length && !this.#fault; ) at = this.#step(chunk, at, take)
    return this.#fault
  }

  /** The stream is over. A last line without its LF is a frame; a counted one that is cut off is lost: true. */
  end(take: TakeFramed): { readonly cutOff: boolean } {
    const cutOff = this.#state === 'length' || this.#state === 'body'
    if (this.#state === 'line') this.#lines.end((line) => takeFilled(line, take))
    this.#pending.clear()
    this.#state = 'start'
    return { cutOff }
  }

  #step(chunk: Buffer, at: number, take: TakeFramed): number {
    switch (this.#state) {
      case 'start':
        return this.#begin(chunk, at)
      case 'length':
        return this.#readLength(chunk, at)
      case 'body':
        return this.#readBody(chunk, at, take)
      case 'line':
        return this.#readLine(chunk, at, take)
    }
  }

  #begin(chunk: Buffer, at: number): number {
    const byte = chunk[at]!
    if (byte === LF || byte === CR || byte === 0) return at + 1
    this.#length = 0
    if (byte === ZERO) this.#fault = 'bad-length'
    this.#state = byte > ZERO && byte <= NINE ? 'length' : 'line'
    return at
  }

  #readLength(chunk: Buffer, at: number): number {
    const byte = chunk[at]!
    if (byte === BLANK) this.#state = 'body'
    else if (byte < ZERO || byte > NINE) this.#fault = 'bad-length'
    else {
      this.#length = this.#length * 10 + byte - ZERO
      if (this.#length > this.#maxFrameBytes) this.#fault = 'too-large'
    }
    return at + 1
  }

  #readBody(chunk: Buffer, at: number, take: TakeFramed): number {
    const end = Math.min(chunk.length, at + this.#length - this.#pending.length)
    const isWhole = end - at + this.#pending.length === this.#length
    const part = chunk.subarray(at, end)
    if (isWhole && this.#pending.length === 0) take(part)
    else {
      this.#pending.append(part)
      if (isWhole) take(this.#pending.take())
    }
    if (isWhole) this.#state = 'start'
    return end
  }

  #readLine(chunk: Buffer, at: number, take: TakeFramed): number {
    const end = this.#lines.pushLine(chunk, at, (line) => takeFilled(line, take))
    if (!this.#lines.inLine) this.#state = 'start'
    return end
  }
}

const takeFilled = (line: Buffer, take: TakeFramed): void => {
  if (line.length > 0) take(line)
}

/** RFC 6587 §3.4.1: `MSG-LEN SP MSG` */
export const octetCounted = (frame: Buffer): Buffer => Buffer.concat([Buffer.from(`${frame.length} `), frame])

/** RFC 6587 §3.4.2; the frame must hold no newline, and those of `encodeFrames` hold none. */
export const lfTerminated = (frame: Buffer): Buffer => Buffer.concat([frame, Buffer.of(LF)])
