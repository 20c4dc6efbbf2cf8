import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { packageVersion } from '../package-version.ts'
import { PieceSplitter } from './pieces.ts'
import { LineQueue } from './queue.ts'

const QUEUE_LINES = 1000
const PIECE_BYTES = 2048
/** How long a logger(1) that takes nothing more is waited for at the end. */
const STUCK_MS = 10_000
const USAGE = `usage: command |& oo-logshifter -tag NAME
  -tag NAME, --tag NAME  program name of the messages (required)
  -h, --help             print this
  --version              print the version
Passes lines from standard input to syslog without ever blocking who writes them.`

/** The program oo-logshifter(1). @returns its exit status */
export const runShifter = async (args: readonly string[]): Promise<number> => {
  const options = readOptions(args)
  if (typeof options === 'string') {
    process.stderr.write(`oo-logshifter: ${options}\n${USAGE}\n`)
    return 2
  }
  if (options.help || options.version) {
    process.stdout.write(`${options.help ? USAGE : packageVersion()}\n`)
    return 0
  }
  process.on('SIGHUP', () => {}) // the gear's session may end before its server does
  // by itself logger cuts at 1 KiB, in the middle of a number if need be
  const loggerArgs = ['--tag', options.tag!, '--priority', 'user.info', '--size', String(2 * PIECE_BYTES)]
  const logger = spawn('logger', loggerArgs, {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = new Promise<number>((resolve) => {
    logger.on('error', ({ message }) => {
      process.stderr.write(`oo-logshifter: logger(1): ${message}\n`)
      resolve(1)
    })
    logger.on('close', (status) => resolve(status === 0 ? 0 : 1))
  })
  const evicted = await Promise.race([shift(process.stdin, logger.stdin), ended.then(() => 0)])
  process.stdin.destroy()
  setTimeout(() => logger.kill(), STUCK_MS).unref()
  if (evicted > 0)
    process.stderr.write(`oo-logshifter: ${evicted} lines of ${options.tag} dropped: syslog was too slow\n`)
  return ended
}

const readOptions = (args: readonly string[]) => {
  try {
    const { values } = parseArgs({
      args: args.map((word) => (word === '-tag' ? '--tag' : word)),
      options: { tag: { type: 'string' }, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
    })
    if (!values.tag && !values.help && !values.version) return '-tag is required'
    return values
  } catch (thrown) {
    return (thrown as Error).message
  }
}

/**
 * Moves lines from `input` to `output`, always reading: while `output` is full, lines wait in a queue whose oldest give way.
 * @returns how many gave way, when the input has ended and what waited has been handed over
 */
export const shift = (input: Readable, output: Writable): Promise<number> =>
  new Promise((resolve) => {
    const queue = new LineQueue(QUEUE_LINES)
    const splitter = new PieceSplitter(PIECE_BYTES)
    let full = false
    const write = (pieces: readonly Buffer[]): void => {
      if (pieces.length > 0) full = !output.write(Buffer.concat(pieces))
    }
    const pass = (pieces: readonly Buffer[]): void => {
      if (full) for (const piece of pieces) queue.push(piece)
      else write(pieces)
    }
    const finish = (): void => {
      const last: Buffer[] = []
      splitter.end((piece) => last.push(piece))
      write([...queue.takeAll(), ...last]) // the writer has gone, so waiting blocks nobody any more
      output.end(() => resolve(queue.evicted))
    }
    output.on('drain', () => {
      full = false
      write(queue.takeAll())
    })
    output.on('error', () => resolve(queue.evicted)) // logger has ended: its status tells why
    input.on('data', (chunk: Buffer) => {
      const pieces: Buffer[] = []
      splitter.push(chunk, (piece) => pieces.push(piece))
      pass(pieces)
    })
    input.on('end', finish)
    input.on('error', finish)
  })
