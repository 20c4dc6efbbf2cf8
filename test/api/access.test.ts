import { expect } from 'chai'
import { type AccessRules, type Asked, refuse } from '../../src/api/access.ts'

const token = 'a'.repeat(40)
const rules: AccessRules = { token, hosts: ['Metrics.example.com'] }
const asked: Asked = { url: '/v0/node', host: '127.0.0.1:9176', authorization: `Bearer ${token}` }

describe('access to the API', () => {
  const status = (changes: Partial<Asked>, given = rules): number | undefined =>
    refuse({ ...asked, ...changes }, given)?.status

  const hosts: readonly [host: string | undefined, isOurs: boolean][] = [
    ['127.0.0.1', true],
    ['127.0.0.1:9176', true],
    ['192.0.2.7:80', true],
    ['[::1]:9176', true],
    ['[::1]', true],
    ['localhost', true],
    ['LOCALHOST:1', true],
    ['metrics.example.com:9176', true],
    [undefined, true],
    ['evil.example.com', false],
    ['localhost.evil.example.com', false],
    ['127.0.0.1.evil.example.com', false],
    ['127.0.0.1:80:80', false],
    ['', false],
  ]
  for (const [host, isOurs] of hosts) {
    it(`${isOurs ? 'lets in' : 'refuses'} the host ${JSON.stringify(host)}`, () => {
      expect(status({ host })).to.equal(isOurs ? undefined : 403)
    })
  }

  const credentials: readonly [authorization: string | undefined, isGood: boolean][] = [
    [`Bearer ${token}`, true],
    [`bearer  ${token} `, true],
    [undefined, false],
    ['', false],
    ['Bearer', false],
    ['Bearer ', false],
    [`Bearer ${token}x`, false],
    [`Bearer ${token.slice(1)}`, false],
    [`Basic ${token}`, false],
    [token, false],
  ]
  for (const [authorization, isGood] of credentials) {
    it(`${isGood ? 'takes' : 'refuses'} the credentials ${JSON.stringify(authorization)?.replace(token, 'TOKEN')}`, () => {
      expect(status({ authorization })).to.equal(isGood ? undefined : 401)
    })
  }

  it('says how to ask properly', () => {
    expect(refuse({ ...asked, authorization: undefined }, rules)?.headers).to.deep.equal({
      'www-authenticate': 'Bearer',
    })
  })

  it('asks no token for /healthz alone', () => {
    const without = (url: string): number | undefined => status({ url, authorization: undefined })
    expect(['/healthz', '/healthz?x'].map(without)).to.deep.equal([undefined, undefined])
    expect(['/healthz/', '/healthzz', '/v0/ping', '/?/healthz'].map(without)).to.deep.equal([401, 401, 401, 401])
  })

  it('asks nobody when it is open, but minds its name', () => {
    const open: AccessRules = { token: undefined, hosts: [] }
    expect(status({ authorization: undefined }, open)).to.equal(undefined)
    expect(status({ host: 'evil.example.com' }, open)).to.equal(403)
  })
})
