import { isIP } from 'node:net'
import { type Answer, problem } from './answer.ts'
import { healthPath } from './health.ts'
import { isToken } from './token.ts'

export interface AccessRules {
  /** Undefined: none is asked for. */
  readonly token: string | undefined
  /** Names besides localhost and plain addresses. */
  readonly hosts: readonly string[]
}

export interface Asked {
  /** Path and query. */
  readonly url: string
  readonly host: string | undefined
  readonly authorization: string | undefined
}

/** What is answered to a request that may not be, or undefined for one that may. */
export const refuse = ({ url, host, authorization }: Asked, { token, hosts }: AccessRules): Answer | undefined => {
  if (!isOurs(host, hosts)) return problem(403, 'This server has another name. Set api.hosts to allow it.')
  if (token === undefined || url.split('?')[0] === healthPath) return undefined
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined && isToken(given, token)) return undefined
  return problem(401, 'A token is needed: Authorization: Bearer …', { 'www-authenticate': 'Bearer' })
}

/** A page on the web can make its own name lead to us, but not an address. HTTP/1.0 may come without a name. */
const isOurs = (host: string | undefined, hosts: readonly string[]): boolean => {
  if (host === undefined) return true
  const name = host.replace(/:\d*$/, '').toLowerCase()
  const address = name.replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || isIP(address) !== 0 || hosts.some((allowed) => allowed.toLowerCase() === name)
}
