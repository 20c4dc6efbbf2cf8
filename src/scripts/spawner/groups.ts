import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Who } from '../script-run.ts'

/** Tells who certainly has no group besides the primary one. */
export interface GroupBook {
  /** False also when this host asks more than its own files about users and groups. */
  hasOnlyPrimary(who: Who): boolean
}

/** @param etc directory of passwd, group and nsswitch.conf; they are read again when they change */
export const createGroupBook = (etc = '/etc'): GroupBook => {
  const members = remembered(join(etc, 'group'), readMembers)
  const users = remembered(join(etc, 'passwd'), readUsers)
  const isLocal = remembered(join(etc, 'nsswitch.conf'), asksOnlyFiles)
  return {
    hasOnlyPrimary({ uid, user }) {
      if (user === undefined) return true
      return (isLocal() ?? true) && users()?.get(user) === uid && members()?.has(user) === false
    },
  }
}

/** What a file holds, or undefined without it. */
const remembered = <T>(path: string, parse: (text: string) => T): (() => T | undefined) => {
  let known: { readonly stamp: string; readonly value: T } | undefined
  return () => {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats) return undefined
    const stamp = `${stats.ino} ${stats.mtimeMs} ${stats.size}`
    if (known?.stamp !== stamp) known = { stamp, value: parse(readFileSync(path, 'utf8')) }
    return known.value
  }
}

const readMembers = (text: string): ReadonlySet<string> =>
  new Set(text.split('\n').flatMap((line) => line.split(':')[3]?.split(',') ?? []))

const readUsers = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text.split('\n').map((line) => {
      const [user = '', , uid] = line.split(':')
      return [user, Number(uid)]
    }),
  )

const asksOnlyFiles = (text: string): boolean =>
  text
    .split('\n')
    .filter((line) => /^\s*(group|initgroups)\s*:/.test(line))
    .flatMap((line) => line.replace(/#.*/, '').split(':')[1]!.trim().split(/\s+/))
    .every((source) => source === 'files' || source === 'systemd')
