import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const TOKEN_BYTES = 32
/** 128 bits in hexadecimal digits. */
const SHORTEST = 32

/**
 * Reads the token of the API; where there is none yet it makes one.
 * @throws Error when the file cannot be read or written, is open to others, or holds no good token
 */
export const loadToken = (path: string): string => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    return readToken(path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    return makeToken(path)
  }
}

const readToken = (path: string): string => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const mode = fstatSync(descriptor).mode & 0o777
    if ((mode & 0o077) !== 0)
      throw new Error(`${path}: expected mode 0600, got 0${mode.toString(8)}: others can read the token`)
    const token = readFileSync(descriptor, 'utf8').trim()
    if (token.length < SHORTEST)
      throw new Error(`${path}: expected at least ${SHORTEST} characters, got ${token.length}`)
    return token
  } finally {
    closeSync(descriptor)
  }
}

const makeToken = (path: string): string => {
  const token = randomBytes(TOKEN_BYTES).toString('hex')
  const descriptor = openSync(path, 'wx', 0o600)
  try {
    writeSync(descriptor, `${token}\n`)
    return token
  } finally {
    closeSync(descriptor)
  }
}

/** Takes the same time whatever is wrong. */
export const isToken = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
