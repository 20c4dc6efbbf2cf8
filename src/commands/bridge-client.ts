import { readFileSync } from 'node:fs'
import { bridgedSchema } from '../bridged/settings.ts'
import { loadSettings } from '../config/load.ts'
import { GatherError, messageOf } from '../errors.ts'
import { bridgeFileOf, type Context } from './context.ts'

/** The bridge cannot be asked, or does not answer as it should: exit status 1. */
export class BridgeError extends GatherError {
  readonly code = 'backend'
}

/** Where a bridge's HTTP API is, and what opens it. */
export interface BridgeAddress {
  /** `http://127.0.0.1:9176` */
  readonly url: string
  /** Holds the token; read when it is needed. */
  readonly tokenFile?: string
}

const TIME_LIMIT_MS = 5000

export interface BridgeClient {
  readonly url: string
  /**
   * The JSON at a path; undefined for 204 and 404, which say that there is nothing.
   * @throws BridgeError when the bridge cannot be reached, refuses, or answers something else
   */
  get(path: string): Promise<unknown>
}

export const bridgeClient = ({ url, tokenFile }: BridgeAddress): BridgeClient => {
  const headers = (): Record<string, string> =>
    tokenFile === undefined ? {} : { authorization: `Bearer ${readToken(tokenFile)}` }
  return {
    url,
    async get(path) {
      const answer = await fetch(new URL(path, url), {
        headers: headers(),
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      }).catch((thrown: unknown) => {
        throw new BridgeError(`bridge at ${url}: ${reasonOf(thrown)}`, { cause: thrown })
      })
      if (answer.status === 204 || answer.status === 404) return undefined
      if (answer.status === 401 || answer.status === 403)
        throw new BridgeError(
          `bridge at ${url}: expected a valid token in ${tokenFile ?? '--token-file'}, got refused (${answer.status})`,
        )
      if (!answer.ok) throw new BridgeError(`bridge at ${url}: GET ${path}: expected 200, got ${answer.status}`)
      return answer.json().catch((thrown: unknown) => {
        throw new BridgeError(`bridge at ${url}: GET ${path}: expected JSON, got ${messageOf(thrown)}`, {
          cause: thrown,
        })
      })
    },
  }
}

/** The bridge that the command line names, or the one of this node by its settings. @throws ConfigError */
export const bridgeOf = (context: Context): BridgeClient => {
  const { url, tokenFile } = context.given
  if (url !== undefined) return bridgeClient(tokenFile === undefined ? { url } : { url, tokenFile })
  const { api } = loadSettings(bridgedSchema, { file: bridgeFileOf(context) }).settings
  const host = api.host.includes(':') ? `[${api.host}]` : api.host
  const address = { url: `http://${host}:${api.port}` }
  return bridgeClient(
    api.open && tokenFile === undefined ? address : { ...address, tokenFile: tokenFile ?? api.tokenFile },
  )
}

const readToken = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (thrown) {
    throw new BridgeError(`token: ${messageOf(thrown)}`, { cause: thrown })
  }
}

// fetch hides what happened behind `fetch failed`
const reasonOf = (thrown: unknown): string => {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return cause instanceof Error && cause.message ? cause.message : messageOf(thrown)
}
