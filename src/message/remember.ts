/**
 * A function that keeps what `make` gave for a text, for texts that come again and again. At most `limit` are kept; then all are
 * forgotten, as dropping one at a time is slow for who sends ever new ones. `undefined` is not kept.
 */
export const remember = <V>(
  limit: number,
  make: (text: string) => V | undefined,
): ((text: string) => V | undefined) => {
  const known = new Map<string, V>()
  // often the same as just before, which is seen sooner than its hash is computed
  let last = ''
  let lastFound: V | undefined
  return (text) => {
    if (text === last && lastFound !== undefined) return lastFound
    const found = known.get(text)
    if (found === undefined) return learn(text)
    last = text
    lastFound = found
    return found
  }
  function learn(text: string): V | undefined {
    const key = ownCopy(text)
    const made = make(key)
    if (made === undefined) return undefined
    if (known.size >= limit) known.clear()
    known.set(key, made)
    return made
  }
}

/** A part cut out of a long string keeps all of it in memory; this one stands alone. */
export const ownCopy = (text: string): string => Buffer.from(text).toString()
