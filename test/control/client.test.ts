import { chmodSync, mkdirSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { askControl, ControlError } from '../../src/control/client.ts'
import { openControl } from '../../src/control/server.ts'
import { silentLogger } from '../../src/logger.ts'
import { useTempDir } from '../support/temp.ts'

describe('control/client', () => {
  const dir = useTempDir()
  const path = () => join(dir(), 'control.sock')
  let server: Server | undefined

  /** A daemon of another kind. */
  const pretend = async (act: (client: Socket) => void): Promise<void> => {
    server = createServer((client) => {
      client.on('error', () => {})
      act(client)
    })
    await new Promise<void>((resolve) => server!.listen({ path: path() }, resolve))
  }
  const refusal = async (limitMs = 5000): Promise<string> => {
    try {
      return `answered ${JSON.stringify(await askControl(path(), 'scripts', limitMs))}`
    } catch (thrown) {
      expect(thrown).to.be.instanceOf(ControlError)
      return (thrown as Error).message.replace(`${path()}: `, '')
    }
  }
  afterEach(() => {
    server?.close()
    server = undefined
  })

  it('asks the daemon, also for a large answer', async () => {
    const large = Array.from({ length: 20_000 }, (_, at) => ({ at, text: 'ü'.repeat(50) }))
    const control = await openControl({ path: path(), handlers: new Map([['all', () => large]]), logger: silentLogger })
    expect(await askControl(path(), 'all')).to.deep.equal({ answer: large })
    await control.close()
  })

  it('finds nobody where there is no socket, nobody listens, or it may not look', async () => {
    expect(await askControl(path(), 'all')).to.equal(undefined)
    mkdirSync(join(dir(), 'closed'))
    chmodSync(join(dir(), 'closed'), 0)
    expect(await askControl(join(dir(), 'closed/control.sock'), 'all')).to.equal(undefined)
    chmodSync(join(dir(), 'closed'), 0o700)
    expect(await askControl(join(import.meta.filename, 'control.sock'), 'all')).to.equal(undefined)
  })

  it('tells what the daemon refused', async () => {
    const control = await openControl({ path: path(), handlers: new Map([['all', () => 1]]), logger: silentLogger })
    expect(await refusal()).to.equal('control socket expected one of all, got "scripts"')
    await control.close()
  })

  it('does not wait for ever', async () => {
    await pretend(() => {})
    expect(await refusal(30)).to.equal('control socket no answer within 30 ms')
  })

  for (const [what, answer] of [
    ['nothing', ''],
    ['noise', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['something else', '{"version":2}\n'],
    ['null', 'null\n'],
  ] as const) {
    it(`takes ${what} for no answer`, async () => {
      await pretend((client) => client.end(answer))
      expect(await refusal()).to.match(/^control socket ./)
    })
  }
})
