/** Of a Set or a Map, whose iterators begin with what was added longest ago. */
interface Ordered {
  readonly size: number
  keys(): Iterable<string>
  delete(key: string): boolean
}

/**
 * Makes room once there are more than `limit`: the oldest sixteenth goes at once, since each new iterator has to step
 * over what was deleted in front, and one at a time would be quadratic.
 */
export const keepNewest = (items: Ordered, limit: number): void => {
  if (items.size <= limit) return
  let left = Math.max(items.size - limit, Math.floor(limit / 16))
  for (const key of items.keys()) {
    if (left <= 0) return
    items.delete(key)
    left -= 1
  }
}
