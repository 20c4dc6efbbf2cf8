import { wholeNumbers, wordsOf } from './text.ts'

/** What was read or written since boot. */
interface Transfer {
  readonly operations: number
  readonly bytes: number
  /** Seconds that the operations took, added up. */
  readonly timeS: number
}

export interface Disk {
  readonly name: string
  /** A part of another disk, whose figures include these. */
  readonly isPartition: boolean
  readonly read: Transfer
  readonly written: Transfer
  /** Seconds during which something was under way. */
  readonly busyS: number
}

/** diskstats counts in these, whatever the disk's own are. */
const SECTOR_BYTES = 512

/**
 * `diskstats`, see Documentation/admin-guide/iostats.rst of Linux: major, minor, name, eleven columns or more.
 * @param wholeDisks names in /sys/block; when there are none, nothing is known to be a partition
 */
export const parseDisks = (text: string, wholeDisks: readonly string[]): readonly Disk[] => {
  // sysfs cannot have a slash in a name
  const whole = new Set(wholeDisks.map((name) => name.replaceAll('!', '/')))
  return text.split('\n').flatMap((line) => {
    const [, , name, ...rest] = wordsOf(line)
    const columns = wholeNumbers(rest, 11)
    if (name === undefined || !columns) return []
    const isPartition = whole.size > 0 && !whole.has(name)
    const busyS = (columns[9] ?? 0) / 1000
    return [{ name, isPartition, read: transferAt(columns, 0), written: transferAt(columns, 4), busyS }]
  })
}

const transferAt = (columns: readonly number[], from: number): Transfer => {
  const [operations = 0, , sectors = 0, milliseconds = 0] = columns.slice(from)
  return { operations, bytes: sectors * SECTOR_BYTES, timeS: milliseconds / 1000 }
}
