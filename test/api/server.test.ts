import { once } from 'node:events'
import { get, type IncomingMessage, request } from 'node:http'
import { expect } from 'chai'
import { json } from '../../src/api/answer.ts'
import { healthRoute } from '../../src/api/health.ts'
import { type ApiServer, type ServerParts, startServer } from '../../src/api/server.ts'

const token = 't'.repeat(40)

describe('HTTP server', () => {
  let server: ApiServer
  let isStreaming = false
  const faults: string[] = []
  const parts: ServerParts = {
    host: '127.0.0.1',
    port: 0,
    access: { token, hosts: [] },
    routes: [
      healthRoute,
      { path: '/v0/echo/:id', answer: ({ params, query }) => json([params.id, ...query]) },
      { path: '/v0/nothing', answer: () => ({ status: 204 }) },
      {
        path: '/v0/bug',
        answer: () => {
          throw new Error('a secret detail')
        },
      },
    ],
    onFault: ({ message }) => faults.push(message),
    stream: {
      path: '/stream',
      open: () => ({
        type: 'text/event-stream',
        start: (output) => {
          isStreaming = true
          output.write('data: 1\n\n')
          return () => {
            isStreaming = false
          }
        },
      }),
    },
  }
  before(async () => {
    server = await startServer(parts)
  })
  after(() => server.close())

  const fetchPath = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(server.url + path, { redirect: 'manual', headers: { authorization: `Bearer ${token}` }, ...init })

  it('answers with a type, and a newline at the end', async () => {
    const answer = await fetchPath('/v0/echo/a.b%2Fc?x=1&x=2&__proto__=3')
    expect(answer.status).to.equal(200)
    expect(answer.headers.get('content-type')).to.equal('application/json; charset=UTF-8')
    expect(await answer.text()).to.equal('["a.b/c",["x","1"],["__proto__","3"]]\n')
  })

  it('takes names as long as metrics have', async () => {
    const name = 'n'.repeat(200)
    expect(await (await fetchPath(`/v0/echo/${name}`)).json()).to.deep.equal([name])
  })

  it('has no body to show for nothing', async () => {
    const answer = await fetchPath('/v0/nothing')
    expect([answer.status, await answer.text()]).to.deep.equal([204, ''])
  })

  const problems: readonly [what: string, path: string, init: RequestInit, status: number][] = [
    ['an unknown path', '/nope', {}, 404],
    ['an address that cannot be decoded', '/v0/echo/%ZZ', {}, 400],
    ['another method', '/v0/nothing', { method: 'POST' }, 404],
    ['a missing token', '/v0/nothing', { headers: {} }, 401],
    ['a missing token, also where there is nothing', '/nope', { headers: {} }, 401],
    ['a fault of ours', '/v0/bug', {}, 500],
  ]
  for (const [what, path, init, status] of problems) {
    it(`tells ${what} as a problem`, async () => {
      const answer = await fetchPath(path, init)
      expect(answer.status).to.equal(status)
      expect(answer.headers.get('content-type')).to.equal('application/problem+json; charset=UTF-8')
      const body = (await answer.json()) as Record<string, unknown>
      expect(body).to.include({ type: 'about:blank', status })
      expect(JSON.stringify(body)).not.to.include('secret detail')
    })
  }

  it('keeps the details of a fault for the log', () => expect(faults).to.deep.equal(['a secret detail']))

  it('refuses to be called by another name', async () => {
    const asked = request(`${server.url}/healthz`, { headers: { host: 'evil.example.com' } }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).to.equal(403)
  })

  it('says whether it runs to anybody', async () => {
    const answer = await fetchPath('/healthz', { headers: {} })
    expect([answer.status, await answer.text()]).to.deep.equal([200, 'ok\n'])
  })

  const slashes: readonly [path: string, location: string][] = [
    ['/v0/echo/x/', '/v0/echo/x'],
    ['/v0/echo/?a=b', '/v0/echo?a=b'],
    ['//evil.example.com/', '/evil.example.com'],
  ]
  for (const [path, location] of slashes) {
    it(`leads from ${path} to ${location}`, async () => {
      const asked = get({
        host: '127.0.0.1',
        port: new URL(server.url).port,
        path,
        headers: { authorization: `Bearer ${token}` },
      })
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.resume()
      expect([answer.statusCode, answer.headers.location]).to.deep.equal([301, location])
    })
  }

  it('answers HEAD without a body', async () => {
    const answer = await fetchPath('/healthz', { method: 'HEAD' })
    expect([answer.status, await answer.text()]).to.deep.equal([200, ''])
  })

  it('closes although a stream is open, and ends that', async () => {
    const own = await startServer(parts)
    const answer = await fetch(`${own.url}/stream`, { headers: { authorization: `Bearer ${token}` } })
    const reader = answer.body!.getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).to.equal('data: 1\n\n')
    expect(isStreaming).to.equal(true)
    const cut = reader.read().catch(() => {})
    await own.close()
    await cut
    while (isStreaming) await new Promise((resolve) => setImmediate(resolve))
  })

  it('says that an address is taken', async () => {
    const failure = await startServer({ ...parts, port: Number(new URL(server.url).port) }).catch(
      (thrown: Error) => thrown.message,
    )
    expect(failure).to.include('EADDRINUSE')
  })
})
