import { createConnection } from 'node:net'
import { GatherError, messageOf } from '../errors.ts'
import { type Answer, MOST_ANSWER_BYTES, type Question } from './server.ts'

/** A daemon is there, but does not answer as it should. */
export class ControlError extends GatherError {
  readonly code = 'backend'
}

const LIMIT_MS = 5000
/** Nobody listens, or it is not for us: as if there were no daemon. */
const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM', 'ENOTDIR'])

/**
 * Asks the daemon at a control socket.
 * @returns undefined when there is none that we may ask
 * @throws ControlError when it refuses, or does not answer within `limitMs`
 */
export const askControl = (
  path: string,
  ask: string,
  limitMs = LIMIT_MS,
): Promise<{ readonly answer: unknown } | undefined> =>
  new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      socket.destroy()
      reject(new ControlError(`control socket ${path}: ${what}`))
    }
    const chunks: Buffer[] = []
    let bytes = 0
    const question: Question = { ask }
    const socket = createConnection({ path }, () => socket.end(`${JSON.stringify(question)}\n`))
    const timer = setTimeout(() => fail(`no answer within ${limitMs} ms`), limitMs)
    socket.once('close', () => clearTimeout(timer))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (ABSENT.has(error.code)) resolve(undefined)
      else fail(error.message)
    })
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MOST_ANSWER_BYTES) fail(`expected at most ${MOST_ANSWER_BYTES} bytes`)
    })
    socket.once('end', () => {
      try {
        resolve({ answer: read(Buffer.concat(chunks).toString()) })
      } catch (thrown) {
        fail(messageOf(thrown))
      }
    })
  })

const read = (line: string): unknown => {
  if (line === '') throw new Error('the connection ended without an answer')
  const answer = JSON.parse(line) as Answer
  if (answer.status === 'good') return answer.answer
  throw new Error(answer.status === 'bad' ? answer.message : 'expected an answer, got something else')
}
