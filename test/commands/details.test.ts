import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { BridgeError } from '../../src/commands/bridge-client.ts'
import { details, formatValue } from '../../src/commands/details.ts'
import { testContext } from '../support/context.ts'

const at = { name: 'x', timestamp: '2026-11-21T07:00:00Z' }

describe('commands/details', () => {
  const cases: readonly (readonly [value: number | string, unit: string, text: string])[] = [
    [5, 'count', '5'],
    [0.123_456, 'seconds', '0.12'],
    [0, 'bytes', '0B'],
    [1023, 'bytes', '1023B'],
    [8_430_056, 'bytes', '8.04MiB'],
    [2 ** 31, 'bytes', '2.00GiB'],
    [12.345, 'percent', '12.35%'],
    ['NaN', '', 'NaN'],
  ]
  for (const [value, unit, text] of cases) {
    it(`writes ${value} ${unit} as ${text}`, () => expect(formatValue({ ...at, value, unit })).to.equal(text))
  }

  describe('against an HTTP API', () => {
    const message = (name: string) =>
      JSON.stringify({ datapoints: [{ ...at, name, value: 5, unit: 'count', tags: { cart: 'php' } }] })
    const answers: Record<string, readonly [status: number, body: string]> = {
      '/v0/containers/aa11': [204, ''],
      '/v0/containers/aa11/app': [200, message('thread.count')],
      '/v0/containers/none': [204, ''],
      '/v0/containers/none/app': [204, ''],
      '/v0/containers/..%2Fx': [401, ''],
    }
    const server = createServer((request, response) => {
      const [status, body] = answers[request.url ?? ''] ?? [500, '']
      response.writeHead(status).end(body)
    })
    let url = ''
    before((done) => {
      server.listen(0, '127.0.0.1', () => {
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        done()
      })
    })
    after((done) => void server.close(done))

    it('shows what is measured of a gear and what it says of itself as one table', async () => {
      const { context, out } = testContext({ url })
      expect(await details('aa11', context)).to.equal(0)
      expect(out).to.deep.equal([
        'NAME          VALUE  UNIT   TIMESTAMP             TAGS',
        'thread.count      5  count  2026-11-21T07:00:00Z  cart=php',
      ])
    })

    it('gives the shape of the DC/OS command line as JSON', async () => {
      const { context, out } = testContext({ url, json: true })
      await details('aa11', context)
      expect(JSON.parse(out[0]!)).to.deep.equal([
        { ...at, name: 'thread.count', value: 5, unit: 'count', tags: { cart: 'php' } },
      ])
    })

    it('says when nothing is known', async () => {
      const { context, err } = testContext({ url })
      expect(await details('none', context)).to.equal(1)
      expect(err).to.deep.equal(['gear none: no metrics found'])
    })

    it('keeps a gear id one part of the path, and tells of a missing token', async () => {
      const thrown = await details('../x', testContext({ url }).context).catch((error: unknown) => error)
      expect(thrown).to.be.instanceOf(BridgeError)
      expect((thrown as Error).message).to.match(/expected a valid token/)
    })

    it('tells which bridge cannot be reached', async () => {
      const thrown = await details('aa11', testContext({ url: 'http://127.0.0.1:1' }).context).catch(
        (error: unknown) => error,
      )
      expect((thrown as Error).message).to.match(/^bridge at http:\/\/127\.0\.0\.1:1: /)
    })
  })
})
