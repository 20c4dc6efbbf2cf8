import { randomInt } from 'node:crypto'

const HIGHEST = 2 ** 32
const KEY = randomInt(HIGHEST)
// odd, so that multiplying by it loses nothing
const FACTOR = randomInt(HIGHEST / 2) * 2 + 1

/**
 * 32 bits for a text, keyed anew in each process, so that nobody can make up texts that share one.
 * @param before the hash of what stands before the text
 */
export const hashOf = (text: string, before = KEY): number => {
  let hash = before
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FACTOR)
    hash ^= hash >>> 15
  }
  // sets its end apart from the beginning of what follows
  return Math.imul(hash ^ 0x10000, FACTOR) >>> 0
}

export interface RecentRules {
  /** Most different hashes. */
  readonly limit: number
  readonly windowMs: number
  readonly nowMs: number
}

/** Which hashes have come of late, up to a limit. Two that share a hash count as one. */
export interface RecentHashes {
  /** Notes the hash; false when it is a new one and there are as many as may be. */
  admit(hash: number, rules: RecentRules): boolean
  /** How many different ones came within the window, or within a part of it between a half and the whole. */
  count(rules: Pick<RecentRules, 'windowMs' | 'nowMs'>): number
}

/** Two sets, of this half of a window and of the one before, so that nothing has to be kept of when each hash came. */
export const createRecentHashes = (): RecentHashes => {
  let current = createHashSet()
  let before = createHashSet()
  /** Hashes of `before` that came again since. */
  let again = 0
  let sinceMs: number | undefined

  const turnOver = ({ windowMs, nowMs }: Pick<RecentRules, 'windowMs' | 'nowMs'>): void => {
    sinceMs ??= nowMs
    const halves = Math.abs(nowMs - sinceMs) / (windowMs / 2)
    if (halves < 1) return
    before = halves < 2 ? current : createHashSet()
    current = createHashSet()
    again = 0
    sinceMs = nowMs
  }
  const count = (): number => current.size + before.size - again

  return {
    admit(hash, rules) {
      turnOver(rules)
      if (current.has(hash)) return true
      const isKnown = before.has(hash)
      if (!isKnown && count() >= rules.limit) return false
      current.add(hash)
      if (isKnown) again += 1
      return true
    },
    count(rules) {
      turnOver(rules)
      return count()
    },
  }
}

interface HashSet {
  readonly size: number
  has(hash: number): boolean
  /** Of a hash that is not there yet. */
  add(hash: number): void
}

const FIRST_SLOTS = 16

/** Open addressing in four bytes a slot, at most half of them in use; 0 is an empty slot. */
const createHashSet = (): HashSet => {
  let slots = new Uint32Array(FIRST_SLOTS)
  let size = 0
  /** Where the hash is, or would be. */
  const find = (hash: number): number => {
    const last = slots.length - 1
    let at = hash & last
    while (slots[at] !== 0 && slots[at] !== hash) at = (at + 1) & last
    return at
  }
  const grow = (): void => {
    const old = slots
    slots = new Uint32Array(old.length * 2)
    for (const hash of old) if (hash !== 0) slots[find(hash)] = hash
  }
  return {
    get size() {
      return size
    },
    has: (hash) => slots[find(hash || 1)] !== 0,
    add(hash) {
      if (size * 2 >= slots.length) grow()
      slots[find(hash || 1)] = hash || 1
      size += 1
    },
  }
}
