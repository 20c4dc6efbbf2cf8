import { type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../errors.ts'
import { type GearIdentity, type GearProblem, gearProblem } from './gear.ts'
import type { FileFound, Tree } from './safe-files.ts'

/** An executable that may be started for a gear, or why not. */
export type ScriptFile =
  | { readonly status: 'good'; readonly path: string }
  | { readonly status: 'absent' }
  | { readonly status: 'bad'; readonly problem: GearProblem }

/** Judges a file inside a home: regular, executable, the gear's own or root's. The path that comes back is free of links. */
export const findScript = (
  tree: Tree,
  path: string,
  gear: { readonly home: string; readonly uid: number },
): ScriptFile => judge(tree.find(path), join(gear.home, path), gear.uid)

/** Judges a file that the admin named: it may lie anywhere, links are followed. */
export const findNamedScript = (path: string, { uid }: Pick<GearIdentity, 'uid'>): ScriptFile =>
  judge(look(path), path, uid)

const look = (path: string): FileFound => {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats ? { status: 'found', path, stats } : { status: 'absent' }
  } catch (thrown) {
    return { status: 'refused', expected: 'a file', got: messageOf(thrown) }
  }
}

const judge = (found: FileFound, place: string, uid: number): ScriptFile => {
  if (found.status === 'absent') return found
  const problem =
    found.status === 'refused'
      ? gearProblem('script-not-a-file', { place, expected: found.expected, got: found.got })
      : faultOf(found.stats, place, uid)
  return problem || found.status === 'refused'
    ? { status: 'bad', problem: problem! }
    : { status: 'good', path: found.path }
}

const faultOf = (stats: Stats, place: string, uid: number): GearProblem | undefined => {
  if (!stats.isFile())
    return gearProblem('script-not-a-file', { place, expected: 'a regular file', got: 'something else' })
  if ((stats.mode & 0o111) === 0)
    return gearProblem('script-not-executable', { place, expected: 'an execute bit', got: `mode ${modeOf(stats)}` })
  if (stats.uid !== uid && stats.uid !== 0)
    return gearProblem('script-foreign-owner', { place, expected: `owner ${uid} or root`, got: `owner ${stats.uid}` })
  return undefined
}

const modeOf = ({ mode }: Stats): string => (mode & 0o7777).toString(8).padStart(4, '0')
