import { readFileSync } from 'node:fs'

/** One user of passwd(5). */
export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly gecos: string
  /** Absolute, without a slash at its end. */
  readonly home: string
}

/** The users of a node. A name of digits is a name: nothing here guesses whether a text means a name or a uid. */
export interface Passwd {
  readonly entries: readonly PasswdEntry[]
  /** As for getpwnam(3) and getpwuid(3), the first line counts. */
  byName(name: string): PasswdEntry | undefined
  byUid(uid: number): PasswdEntry | undefined
}

/** (uid_t) -1 means "no change" to the kernel and can be nobody's. */
export const MAX_ID = 4_294_967_294

/** Reads the text of passwd(5); a line that does not have seven good fields is skipped, as are NIS entries and comments. */
export const parsePasswd = (text: string): Passwd => {
  const entries = text.split('\n').flatMap((line) => parseEntry(line) ?? [])
  const firstBy = <K>(key: (entry: PasswdEntry) => K): Map<K, PasswdEntry> =>
    new Map(entries.toReversed().map((entry) => [key(entry), entry]))
  const names = firstBy(({ name }) => name)
  const uids = firstBy(({ uid }) => uid)
  return { entries, byName: (name) => names.get(name), byUid: (uid) => uids.get(uid) }
}

const parseEntry = (line: string): PasswdEntry | undefined => {
  const fields = line.split(':')
  if (fields.length !== 7) return undefined
  const [name, , uid, gid, gecos, home] = fields as [string, string, string, string, string, string]
  if (!/^[^#+-]/.test(name) || !isId(uid) || !isId(gid) || !home.startsWith('/')) return undefined
  return { name, uid: Number(uid), gid: Number(gid), gecos, home: home.replace(/(?<=.)\/+$/, '') }
}

const isId = (text: string): boolean => /^[0-9]{1,10}$/.test(text) && Number(text) <= MAX_ID

/** @throws an error of the system when the file cannot be read */
export const readPasswd = (file: string): Passwd => parsePasswd(readFileSync(file, 'utf8'))
