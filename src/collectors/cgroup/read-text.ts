import { closeSync, openSync, readSync } from 'node:fs'
import { unlessRefused } from '../../host/proc.ts'

/** Far beyond memory.stat; what is longer is none of the files that are meant. */
const MAX_BYTES = 65_536
/** Reading is never interleaved: one buffer does for all. */
const buffer = Buffer.allocUnsafe(MAX_BYTES + 1)

/**
 * Reads a file of a cgroup, at once, as its size is not known before and the kernel answers from memory.
 * @returns undefined when it cannot be read: missing, of a group that vanishes (ENODEV), switched off (EOPNOTSUPP), not
 *   for reading (EINVAL), longer than 64 KiB
 */
export const readText = (path: string): string | undefined =>
  unlessRefused(() => {
    const fd = openSync(path, 'r')
    try {
      return readAll(fd)
    } finally {
      closeSync(fd)
    }
  })

const readAll = (fd: number): string | undefined => {
  let length = 0
  let count = 0
  do {
    count = readSync(fd, buffer, length, buffer.length - length, null)
    length += count
  } while (count > 0 && length <= MAX_BYTES)
  return length > MAX_BYTES ? undefined : buffer.toString('latin1', 0, length)
}
