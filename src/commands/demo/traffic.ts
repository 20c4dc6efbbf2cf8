import { request } from 'node:http'

export interface Traffic {
  stop(): void
}

const PATHS = ['/', '/', '/', '/slow', '/nowhere', '/broken'] as const
const EVERY_MS = 250

/** A few requests a second to each sample server, some slow and some wrong, so that there is something to see. */
export const startTraffic = (ports: readonly number[]): Traffic => {
  let turn = 0
  const timer = setInterval(() => {
    for (const port of ports) {
      const path = PATHS[(turn + port) % PATHS.length]!
      request({ host: '127.0.0.1', port, path, agent: false }, (response) => response.resume())
        .on('error', () => {}) // a server that is down shows in its metrics
        .end()
    }
    turn += 1
  }, EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
