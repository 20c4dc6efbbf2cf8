import { statfs as systemStatfs } from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import { messageOf } from '../errors.ts'
import type { Mount } from './mounts.ts'

/** statfs(2) as Node.js tells it. */
interface StatfsResult {
  readonly bsize: number
  /** Unit of the counts; older Node.js leaves it out, and it nearly always equals `bsize`. */
  readonly frsize?: number
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}
export type Statfs = (path: string) => Promise<StatfsResult>

/** Sizes in bytes. `inodes` is 0 where the file system makes them as it goes, such as Btrfs. */
export interface FileSystem extends Mount {
  readonly total: number
  /** Left for root. */
  readonly free: number
  /** Left for everybody else. */
  readonly available: number
  readonly inodes: number
  readonly inodesFree: number
}

/** A file system whose figures could not be had, and why. */
interface Unmeasured extends Mount {
  readonly fault: string
}

export interface FileSystems {
  readonly measured: readonly FileSystem[]
  readonly unmeasured: readonly Unmeasured[]
}

export interface FileSystemReader {
  /** Never throws; stops when `abort` fires. */
  read(mounts: readonly Mount[], abort: AbortSignal): Promise<FileSystems>
}

interface ReaderParts {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly statfs?: Statfs
}

/** So many of the four threads that do all file work may hang in a dead device; then the others are left alone. */
const MAX_HANGING = 2

/**
 * Asks one file system after the other, each for so long at most. One that did not answer is not asked again until it does:
 * nobody can take the thread back that waits in the kernel.
 */
export const createFileSystemReader = ({ clock, timeoutMs, statfs = systemStatfs }: ReaderParts): FileSystemReader => {
  const hanging = new Set<string>()

  const ask = async (mount: Mount, abort: AbortSignal): Promise<FileSystem | Unmeasured> => {
    const { mountPoint } = mount
    if (hanging.has(mountPoint)) return { ...mount, fault: 'still hangs' }
    if (hanging.size >= MAX_HANGING) return { ...mount, fault: 'not asked, as others hang' }
    const done = new AbortController()
    hanging.add(mountPoint)
    const answer = statfs(mountPoint)
      .then((figures) => fileSystemOf(mount, figures))
      .catch((thrown: unknown) => ({ ...mount, fault: messageOf(thrown) }))
      .finally(() => hanging.delete(mountPoint))
    const limit = clock.sleep(timeoutMs, AbortSignal.any([abort, done.signal]))
    const first = await Promise.race([answer, limit])
    done.abort()
    return first ?? { ...mount, fault: `no answer within ${timeoutMs} ms` }
  }

  return {
    async read(mounts, abort) {
      const answers: (FileSystem | Unmeasured)[] = []
      for (const mount of mounts) {
        if (abort.aborted) break
        answers.push(await ask(mount, abort))
      }
      return {
        measured: answers.filter((answer) => 'total' in answer),
        unmeasured: answers.filter((answer) => 'fault' in answer),
      }
    },
  }
}

const fileSystemOf = (
  mount: Mount,
  { bsize, frsize, blocks, bfree, bavail, files, ffree }: StatfsResult,
): FileSystem => {
  const unit = frsize || bsize
  return {
    ...mount,
    total: blocks * unit,
    free: bfree * unit,
    available: bavail * unit,
    inodes: files,
    inodesFree: ffree,
  }
}
