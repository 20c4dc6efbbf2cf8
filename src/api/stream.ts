import { problem } from './answer.ts'
import type { Live } from './live.ts'
import type { StreamRoute } from './server.ts'

/** A reader that is so far behind misses messages until it has caught up. */
const MAX_WAITING_BYTES = 256 * 1024
/** Keeps proxies from closing a quiet stream, and finds readers that are gone. */
const HEARTBEAT_MS = 15_000

/** `/api/v1/stream`: events `metrics` and `events` as they arrive, `missed` with a count when the reader was too slow. `?gear=` */
export const streamRoute = (live: Live, maxStreams: number): StreamRoute => ({
  path: '/api/v1/stream',
  open: ({ query }) => {
    if (live.count >= maxStreams) return problem(503, `There are ${maxStreams} streams already.`)
    return {
      type: 'text/event-stream; charset=utf-8',
      start: (output) => {
        let missed = 0
        const send = (message: string): boolean => {
          if (output.waitingBytes > MAX_WAITING_BYTES) {
            missed += 1
            return false
          }
          if (missed > 0) output.write(`event: missed\ndata: ${missed}\n\n`)
          missed = 0
          output.write(message)
          return true
        }
        output.write(': live\n\n')
        const end = live.subscribe({ gear: query.get('gear'), send })
        const heartbeat = setInterval(() => output.waitingBytes === 0 && output.write(': still here\n\n'), HEARTBEAT_MS)
        heartbeat.unref()
        return () => {
          clearInterval(heartbeat)
          end()
        }
      },
    }
  },
})
