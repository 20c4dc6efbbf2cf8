import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { keepFigures } from './figures.js'

const { OPENSHIFT_NODEJS_IP = '127.0.0.1', OPENSHIFT_NODEJS_PORT = '8080', OPENSHIFT_APP_NAME = 'nodejs' } = process.env
const run = process.argv[2] ?? 'run'

const answer = (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/') return response.end(`Hello from ${OPENSHIFT_APP_NAME}\n`)
  if (pathname === '/slow') return setTimeout(() => response.end('slow\n'), 100)
  response.statusCode = pathname === '/broken' ? 500 : 404
  response.end(`${response.statusCode}\n`)
}

const server = createServer((request, response) => {
  try {
    answer(request, response)
  } catch {
    response.statusCode = 400 // the path cannot be read as one
    response.end()
  }
})

server.on('error', (error) => {
  console.error(`server: ${error.message}`)
  process.exit(1)
})

server.listen({ host: OPENSHIFT_NODEJS_IP, port: Number(OPENSHIFT_NODEJS_PORT) }, () => {
  mkdirSync(run, { recursive: true })
  const dropFigures = keepFigures({ server, file: join(run, 'figures') })
  const { address, port } = server.address()
  writeFileSync(join(run, 'address'), `${address}:${port}\n`)
  // last: `bin/control start` takes it as the sign that the server is ready
  writeFileSync(join(run, 'pid'), `${process.pid}\n`)

  const stop = () => {
    dropFigures()
    rmSync(join(run, 'pid'), { force: true })
    rmSync(join(run, 'address'), { force: true })
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, stop)
})
