import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type GearSettings, gearsSchema } from '../../src/node/settings.ts'

/** uid and gid of this process; files that a test writes are theirs. */
export const ourUid = process.getuid!()
export const ourGid = process.getgid!()
export const us = { uid: ourUid, gid: ourGid }

export const NOBODY = 65_534

/** Does something without root's privileges, which we may have. */
export const asNobody = <T>(use: () => T): T => {
  if (ourUid !== 0) return use()
  process.seteuid!(NOBODY)
  try {
    return use()
  } finally {
    process.seteuid!(0)
  }
}

/** Writes files below a directory; a text that begins with `#!` becomes executable. */
export const plant = (root: string, files: Readonly<Record<string, string | Buffer>>): string => {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    chmodSync(file, content.toString('latin1', 0, 2).startsWith('#!') ? 0o755 : 0o644)
  }
  return root
}

export const gearSettings = (changes: Readonly<Record<string, unknown>> = {}): GearSettings =>
  gearsSchema.parse(changes)

export const [SHOP, BLOG] = ['53336480aa11bb22cc33dd44', '123456789012345678901234'] as const

export interface FixtureNode {
  readonly confDir: string
  readonly baseDir: string
  home(id: string): string
}

/** A node like OpenShift's: `SHOP` has three cartridges and a hook, `BLOG` (whose id is all digits) one cartridge. */
export const makeFixtureNode = (directory: string): FixtureNode => {
  cpSync('test/fixtures/node', directory, { recursive: true })
  const home = (id: string): string => join(directory, 'gears', id)
  for (const id of [SHOP, BLOG]) {
    symlinkSync('runtime/repo', join(home(id), 'app-root/repo'))
    symlinkSync('/usr/share', join(home(id), 'mock/usr'))
  }
  return { confDir: join(directory, 'conf'), baseDir: join(directory, 'gears'), home }
}
