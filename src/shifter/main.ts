import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { packageVersion } from '../package-version.ts'
import { PieceSplitter } from './pieces.ts'
import { LineQueue } from './queue.ts'

const QUEUE_LINES = 1000
const PIECE_BYTES = 2048
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
  const logger = spawn('logger', ['--tag', options.tag!, '--priority', 'user.info'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = new Promise<number>((resolve) => {
    logger.on('error', ({ message }) => {
      process.stderr.write(`oo-logshifter: logger(1): ${message}\n`)
      resolve(1)
    })
    logger.on('close', (status) => resolve(status === 0 ? 0 : 1))
  })
  const evicted = await shift(process.stdin, logger.stdin)
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
    const take = (piece: Buffer): void => queue.push(piece)
    let full = false
    const flush = (): void => {
      if (full || queue.length === 0) return
      full = !output.write(Buffer.concat(queue.takeAll()))
    }
    const finish = (): void => {
      splitter.end(take)
      full = false // the writer has gone, so waiting blocks nobody any more
      flush()
      output.end(() => resolve(queue.evicted))
    }
    output.on('drain', () => {
      full = false
      flush()
    })
    output.on('error', () => resolve(queue.evicted)) // logger has ended: its status tells why
    input.on('data', (chunk: Buffer) => {
      splitter.push(chunk, take)
      flush()
    })
    input.on('end', finish)
    input.on('error', finish)
  })
