import { createConnection, type Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { type Clock, systemClock } from '../clock.ts'
import { messageOf } from '../errors.ts'
import { octetCounted } from '../message/framing.ts'
import { LineSplitter } from '../message/lines.ts'

export interface OmprogParts {
  /** The bridge's Unix socket. */
  readonly socketPath: string
  /** Whether rsyslogd waits for `OK` (`confirmMessages="on"`). */
  readonly confirm: boolean
  /** Messages of rsyslogd, each ended by LF. */
  readonly input: Readable
  readonly output: Writable
  readonly clock?: Clock
}

const MAX_MESSAGE_BYTES = 65_536
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000
/** rsyslogd restarts a program that is silent for 10 s, so it is told before that to try again. */
const PATIENCE_MS = 5000

/**
 * What rsyslogd's omprog action starts: hands messages from standard input to the running bridge. Nothing is read
 * while the bridge is away, so that rsyslogd keeps it. Ends when the input does.
 */
export const runOmprog = async ({
  socketPath,
  confirm,
  input,
  output,
  clock = systemClock,
}: OmprogParts): Promise<number> => {
  const bridge = createBridgeLink(socketPath)
  const splitter = new LineSplitter({ maxLineBytes: MAX_MESSAGE_BYTES })
  const patienceMs = confirm ? PATIENCE_MS : Number.POSITIVE_INFINITY
  const answer = (text: string): void => void (confirm && output.write(`${text}\n`))
  answer('OK')
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const frames: Buffer[] = []
    splitter.push(chunk, (line) => void (line.length > 0 && frames.push(octetCounted(line))))
    const fault = await deliver(bridge, Buffer.concat(frames), { clock, patienceMs })
    // one too long to be taken is answered as well, or rsyslogd would send it for ever
    for (let ended = countNewlines(chunk); ended > 0; ended -= 1) answer(fault ?? 'OK')
  }
  bridge.close()
  return 0
}

interface Patience {
  readonly clock: Clock
  readonly patienceMs: number
}

const NEVER = new AbortController().signal

/** @returns why it could not be handed over in time */
const deliver = async (
  bridge: BridgeLink,
  bytes: Buffer,
  { clock, patienceMs }: Patience,
): Promise<string | undefined> => {
  if (bytes.length === 0) return undefined
  const endMs = clock.now() + patienceMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      await bridge.write(bytes)
      return undefined
    } catch (thrown) {
      if (clock.now() + pauseMs > endMs)
        return `Error: bridge does not take messages: ${messageOf(thrown).replace(/\s+/g, ' ')}`
    }
    await clock.sleep(pauseMs, NEVER)
  }
}

interface BridgeLink {
  /** Resolves when the kernel has the bytes. Connects first where there is no connection. */
  write(bytes: Buffer): Promise<void>
  close(): void
}

const createBridgeLink = (path: string): BridgeLink => {
  let open: Promise<Socket> | undefined
  return {
    async write(bytes) {
      open ??= connect(path)
      const mine = open
      try {
        const socket = await mine
        await writeAll(socket, bytes)
      } catch (thrown) {
        open = undefined
        mine.then(
          (socket) => socket.destroy(),
          () => {},
        )
        throw thrown
      }
    },
    close() {
      open?.then(
        (socket) => socket.end(),
        () => {},
      )
    },
  }
}

const connect = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ path })
    socket.once('connect', () => resolve(socket))
    socket.on('error', reject) // later ones reach the write that meets them
    socket.resume()
  })

const writeAll = (socket: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(new Error('connection closed'))
    socket.write(bytes, (error) => (error ? reject(error) : resolve()))
  })

const countNewlines = (chunk: Buffer): number => {
  let count = 0
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) count += 1
  return count
}
