import { constants, type Stats } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface RollingFileOptions {
  readonly path: string
  /** The file is rolled before it would grow larger. */
  readonly maxBytes: number
  /** Rolled files that are kept: `path.1`, the newest, to `path.<n>`. */
  readonly keep: number
  /** Whether each append is on the disk when it resolves. */
  readonly fsync: boolean
}

export interface RollingFile {
  /** Appends all of `text` or, when it throws, nothing of it. */
  append(text: string): Promise<void>
  close(): Promise<void>
}

const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

/** A file that somebody else renamed or removed, such as logrotate, is left to them, and a new one is begun. */
export const createRollingFile = ({ path, maxBytes, keep, fsync }: RollingFileOptions): RollingFile => {
  let current: FileHandle | undefined

  const openFile = async (): Promise<FileHandle> => {
    if (current && (await isAt(current, path))) return current
    await close()
    await mkdir(dirname(path), { recursive: true, mode: 0o750 })
    current = await open(path, FLAGS, 0o640)
    await endTornLine(current)
    return current
  }
  const close = async (): Promise<void> => {
    const closing = current
    current = undefined
    await closing?.close()
  }
  const roll = async (): Promise<void> => {
    await close()
    if (keep === 0) return rm(path, { force: true })
    for (let number = keep; number > 0; number -= 1) {
      await renameIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`)
    }
  }

  return {
    async append(text) {
      const bytes = Buffer.from(text)
      let file = await openFile()
      let { size } = await file.stat()
      if (size > 0 && size + bytes.length > maxBytes) {
        await roll()
        file = await openFile()
        size = 0
      }
      await appendWhole(file, bytes, size)
      if (fsync) await file.datasync()
    },
    close,
  }
}

const isAt = async (file: FileHandle, path: string): Promise<boolean> => {
  const [ours, there] = await Promise.all([file.stat(), stat(path).catch((): Stats | undefined => undefined)])
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev
}

const appendWhole = async (file: FileHandle, bytes: Buffer, size: number): Promise<void> => {
  try {
    await file.appendFile(bytes)
  } catch (thrown) {
    await file.truncate(size).catch(() => {}) // half a batch on a full disk would come a second time
    throw thrown
  }
}

/** A line that a killed process began is closed off, so that it does not swallow the next one. */
const endTornLine = async (file: FileHandle): Promise<void> => {
  const { size } = await file.stat()
  if (size === 0) return
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 })
  if (buffer[0] !== 0x0a) await file.appendFile('\n')
}

const renameIfThere = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
  }
}
