import { lstatSync, unlinkSync } from 'node:fs'
import { createConnection, type Server } from 'node:net'

/**
 * Has `listen` make a Unix socket of mode 0600. What a killed process left behind is removed; a socket on which somebody
 * answers, or any other file, is not. @throws Error when it cannot be had
 */
export const bindPrivately = async (path: string, listen: () => Promise<void>): Promise<void> => {
  await removeStale(path)
  await withUmask(0o177, listen)
}

/** @throws Error when the path cannot be had */
export const listenPrivately = (server: Server, path: string): Promise<void> =>
  bindPrivately(path, () => listen(server, path))

const removeStale = async (path: string): Promise<void> => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new Error(`${path}: expected a socket or nothing, found another file`)
  if (await isAnswered(path)) throw new Error(`${path}: another process listens there`)
  unlinkSync(path)
}

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ path })
    const tell = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => tell(true))
    socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code !== 'ECONNREFUSED'))
  })

/** The path comes into being inside the call to `listen`, so there is no moment in which anybody else could open it. */
const withUmask = <T>(umask: number, act: () => T): T => {
  const before = process.umask(umask)
  try {
    return act()
  } finally {
    process.umask(before)
  }
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path }, () => {
      server.off('error', reject)
      resolve()
    })
  })
