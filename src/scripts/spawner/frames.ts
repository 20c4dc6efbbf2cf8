/**
 * Pieces of a byte stream between daemon and spawner. A piece is length of content (4 bytes), kind (1), number of the run (4),
 * all little-endian, then the content. What a script printed is only ever content.
 */
export interface Frame {
  readonly kind: FrameKind
  readonly run: number
  /** Valid only during the call. */
  readonly content: Buffer
}

export const FRAME = {
  /** To the spawner: content is a `Request`. */
  run: 1,
  /** To the spawner: ends a run early. */
  abort: 2,
  /** From the spawner, once: it is there; content is a `Readiness`. */
  ready: 3,
  /** From the spawner: whole lines of standard output, each followed by `\n`. */
  lines: 4,
  /** From the spawner: the run is over; content is a `ScriptRun`. */
  done: 5,
  /** From the spawner, where runs have no cgroup: content is the pid that leads the process group of the run. */
  started: 6,
} as const
export type FrameKind = (typeof FRAME)[keyof typeof FRAME]

const HEADER_BYTES = 9
/** An environment of the 2 MiB that Linux takes at most, written as JSON. */
export const MAX_CONTENT_BYTES = 8 * 1024 * 1024

export const encodeFrame = (kind: FrameKind, run: number, content: Buffer | string = ''): Buffer => {
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.writeUInt32LE(length, 0)
  frame.writeUInt8(kind, 4)
  frame.writeUInt32LE(run, 5)
  if (typeof content === 'string') frame.write(content, HEADER_BYTES)
  else content.copy(frame, HEADER_BYTES)
  return frame
}

const KINDS: ReadonlySet<number> = new Set(Object.values(FRAME))
const isKind = (kind: number): kind is FrameKind => KINDS.has(kind)

/**
 * Puts chunks together to frames.
 * @returns takes the next chunk; throws when what comes is no frame, after which nothing can be believed
 */
export const frameReader = (take: (frame: Frame) => void): ((chunk: Buffer) => void) => {
  let waiting: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk
    let at = 0
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUInt32LE(at)
      const kind = bytes.readUInt8(at + 4)
      if (length > MAX_CONTENT_BYTES || !isKind(kind))
        throw new Error(`spawner: no frame: kind ${kind}, ${length} bytes`)
      const end = at + HEADER_BYTES + length
      if (end > bytes.length) break
      take({ kind, run: bytes.readUInt32LE(at + 5), content: bytes.subarray(at + HEADER_BYTES, end) })
      at = end
    }
    waiting = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0)
  }
}
