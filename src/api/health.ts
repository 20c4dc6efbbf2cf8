import type { Route } from './answer.ts'

/** The only path that needs no token; it tells nothing but that we run. */
export const healthPath = '/healthz'

export const healthRoute: Route = {
  path: healthPath,
  answer: () => ({ status: 200, type: 'text/plain; charset=UTF-8', body: 'ok\n' }),
}
