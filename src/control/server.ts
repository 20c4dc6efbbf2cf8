import { createServer, type Socket } from 'node:net'
import { messageOf } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { listenPrivately } from './private-socket.ts'

/** What can be asked, by name; an answer is anything that JSON can hold. */
type Handlers = ReadonlyMap<string, () => unknown>

/** One line each way: what a client asks, and what it gets. */
export interface Question {
  readonly ask: string
}
export type Answer =
  | { readonly status: 'good'; readonly answer: unknown }
  | { readonly status: 'bad'; readonly message: string }

export interface ControlServer {
  /** Resolves when the socket is gone. */
  close(): Promise<void>
}

export interface ControlOptions {
  readonly path: string
  readonly handlers: Handlers
  readonly logger: Logger
  /** How long one client may take. */
  readonly limitMs?: number
}

const LIMIT_MS = 5000
const MOST_CLIENTS = 16
const MOST_QUESTION_BYTES = 4096
/** What an answer may have at most; the client reads no more. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024

/**
 * Answers questions on a private Unix stream socket: a line of JSON each way, then the connection ends. Who may open
 * the socket is told by its mode. Without it everything else goes on: when it cannot be had that is one warning.
 */
export const openControl = async (options: ControlOptions): Promise<ControlServer> => {
  const { path, logger } = options
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    clients.add(client)
    client.once('close', () => clients.delete(client))
    serve(client, options)
  })
  server.maxConnections = MOST_CLIENTS
  let isOpen = true
  try {
    await listenPrivately(server, path)
  } catch (thrown) {
    isOpen = false
    logger.warn(`control socket: ${messageOf(thrown)}; oo-metrics cannot ask this daemon`)
  }
  server.on('error', (error) => logger.warn(`control socket ${path}: ${error.message}`))
  return {
    close: () =>
      new Promise((resolve) => {
        if (!isOpen) return resolve()
        server.close(() => resolve()) // which unlinks the path
        for (const client of clients) client.destroy()
      }),
  }
}

const serve = (client: Socket, { handlers, limitMs = LIMIT_MS }: ControlOptions): void => {
  const timer = setTimeout(() => client.destroy(), limitMs)
  let asked = ''
  client.setEncoding('utf8')
  client.on('error', () => {}) // 'close' follows
  client.once('close', () => clearTimeout(timer))
  client.on('data', (chunk: string) => {
    asked += chunk
    const end = asked.indexOf('\n')
    if (end < 0 && asked.length <= MOST_QUESTION_BYTES) return
    client.removeAllListeners('data')
    client.resume()
    client.end(`${lineOf(end < 0 ? tooLong : answerTo(asked.slice(0, end), handlers))}\n`)
  })
}

const bad = (message: string): Answer => ({ status: 'bad', message })
const tooLong = bad(`expected a question of at most ${MOST_QUESTION_BYTES} bytes`)

const lineOf = (answer: Answer): string => {
  const line = JSON.stringify(answer)
  return Buffer.byteLength(line) < MOST_ANSWER_BYTES ? line : JSON.stringify(bad('the answer is too long'))
}

const answerTo = (line: string, handlers: Handlers): Answer => {
  try {
    const { ask } = JSON.parse(line) as Partial<Question>
    const handler = typeof ask === 'string' ? handlers.get(ask) : undefined
    return handler
      ? { status: 'good', answer: handler() }
      : bad(`expected one of ${[...handlers.keys()].join(', ')}, got ${JSON.stringify(ask)}`)
  } catch (thrown) {
    return bad(messageOf(thrown))
  }
}
