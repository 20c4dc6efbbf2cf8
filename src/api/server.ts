import type { AddressInfo } from 'node:net'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { type AccessRules, refuse } from './access.ts'
import { type Answer, type ApiRequest, problem, type Route } from './answer.ts'

/**
 * The one door to fastify, imported when the API is switched on. What surprises: `close` waits for open streams unless
 * connections are forced, parameters are cut at 100 characters, and a URL that cannot be decoded passes by all hooks.
 */
export interface ServerParts {
  readonly host: string
  readonly port: number
  readonly access: AccessRules
  readonly routes: readonly Route[]
  readonly stream: StreamRoute
  /** A route threw; whoever asked is told no more than that. */
  readonly onFault: (error: Error) => void
}

/** A path whose answer does not end. */
export interface StreamRoute {
  readonly path: string
  /** @returns an error, or what begins once the answer has begun */
  open(request: ApiRequest): Answer | Stream
}

interface Stream {
  readonly type: string
  /** @returns what is called when the reader is gone */
  start(output: StreamOutput): () => void
}

export interface StreamOutput {
  write(text: string): void
  /** Bytes that wait for a slow reader. */
  readonly waitingBytes: number
}

export interface ApiServer {
  /** `http://127.0.0.1:9176` */
  readonly url: string
  close(): Promise<void>
}

const MAX_PARAM = 1000

/** @throws Error when it cannot listen */
export const startServer = async ({ host, port, access, routes, stream, onFault }: ServerParts): Promise<ApiServer> => {
  const app = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    bodyLimit: 1,
    routerOptions: { maxParamLength: MAX_PARAM },
    frameworkErrors: (error, _request, reply) => {
      send(reply, problem(error.statusCode ?? 400, error.message))
    },
  })
  app.addHook('onRequest', async (request, reply) => {
    const { url, headers } = request
    const refusal = refuse({ url, host: headers.host, authorization: headers.authorization }, access)
    const answer = refusal ?? withoutSlash(url)
    return answer && send(reply, answer)
  })
  app.setNotFoundHandler((_request, reply) => send(reply, problem(404, 'There is no such path.')))
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { statusCode = 500 } = error
    if (statusCode >= 500) onFault(error)
    return send(
      reply,
      problem(statusCode, statusCode >= 500 ? 'The fault is ours; the log tells more.' : error.message),
    )
  })
  for (const route of routes) app.get(route.path, (request, reply) => send(reply, route.answer(toRequest(request))))
  addStream(app, stream)
  await app.listen({ host, port })
  const { address, port: openPort, family } = app.server.address() as AddressInfo
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${openPort}`, close: () => app.close() }
}

const addStream = (app: FastifyInstance, stream: StreamRoute): void => {
  app.get(stream.path, { exposeHeadRoute: false }, (request, reply) => {
    const opened = stream.open(toRequest(request))
    if (!('start' in opened)) {
      send(reply, opened)
      return
    }
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { 'content-type': opened.type, 'cache-control': 'no-store' })
    raw.flushHeaders()
    const end = opened.start({
      write: (text) => void raw.write(text),
      get waitingBytes() {
        return raw.writableLength
      },
    })
    raw.on('close', end)
  })
}

const toRequest = ({ params, query }: FastifyRequest): ApiRequest => ({
  params: params as Readonly<Record<string, string>>,
  query: new Map(
    Object.entries(query as Record<string, string | string[]>).map(([key, value]) => [key, [value].flat()[0] ?? '']),
  ),
})

const send = (reply: FastifyReply, { status, type, body, headers = {} }: Answer): FastifyReply => {
  reply.code(status).headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', ...headers })
  if (type !== undefined) reply.header('content-type', type)
  return reply.send(body)
}

/** `//other.example/` must not lead elsewhere, hence one slash before what is left. */
const withoutSlash = (url: string): Answer | undefined => {
  const [path = '', query] = url.split('?', 2)
  const stripped = `/${path.replace(/^\/+|\/+$/g, '')}`
  if (!path.endsWith('/') || stripped === '/') return undefined
  return { status: 301, headers: { location: query === undefined ? stripped : `${stripped}?${query}` } }
}
