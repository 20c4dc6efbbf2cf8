import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { messageOf, UsageError } from '../../errors.ts'
import { type Found, type Step, sha256 } from './plan.ts'

const FILE_MODE = 0o644
const DIRECTORY_MODE = 0o755

/** The tree below one directory; paths are absolute inside it, and nothing outside it is ever touched. */
export interface Tree {
  /** @throws UsageError when something else than a file or directory is in the way, or the path leads out of the tree */
  look(path: string): Found
  read(path: string): string | undefined
  write(path: string, content: string): void
  remove(path: string): void
  /** Does what a step says; a directory that others have put something into stays. */
  apply(step: Step): Step
  /** The path as the admin knows it. */
  name(path: string): string
}

/** @throws UsageError when `root` is no directory */
export const openTree = (root: string): Tree => {
  const top = realRoot(root)
  const at = (path: string): string => join(top, path)
  const name = (path: string): string => join(root, path)
  return {
    name,
    look: (path) => told(name(path), 'looked at', () => look(top, path, name(path))),
    read: (path) => told(name(path), 'read', () => readIfThere(at(path))),
    write: (path, content) => told(name(path), 'written', () => replaceFile(at(path), content)),
    remove: (path) => told(name(path), 'removed', () => rmSync(at(path), { force: true })),
    apply(step) {
      const verb = step.did === 'removed' ? 'removed' : 'written'
      return told(name(step.path), verb, () => apply(step, at(step.path)))
    },
  }
}

const realRoot = (root: string): string => {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${root}: expected a directory to set up in`)
  }
  return realpathSync(root)
}

const told = <T>(name: string, done: string, action: () => T): T => {
  try {
    return action()
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown
    throw new UsageError(`${name}: cannot be ${done}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

const look = (top: string, path: string, name: string): Found => {
  const place = join(top, path)
  const stats = lstatSync(place, { throwIfNoEntry: false })
  if (!stats) return { kind: 'absent' }
  const isDirectory = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true
  const real = realpathSync(isDirectory ? place : dirname(place))
  if (top !== '/' && real !== top && !real.startsWith(`${top}/`)) {
    throw new UsageError(`${name}: expected a place below ${top}, a link leads to ${real}`)
  }
  if (isDirectory) return { kind: 'directory' }
  if (stats.isFile()) return { kind: 'file', sha256: sha256(readFileSync(place)) }
  const what = stats.isSymbolicLink() ? 'a symbolic link' : 'a special file'
  throw new UsageError(`${name}: expected a file or nothing, found ${what}; move it away and try again`)
}

const readIfThere = (place: string): string | undefined =>
  lstatSync(place, { throwIfNoEntry: false }) ? readFileSync(place, 'utf8') : undefined

// whole or not at all, whatever happens meanwhile; the mode does not depend on the umask
const replaceFile = (place: string, content: string): void => {
  const fresh = join(dirname(place), `.${basename(place)}.oo-setup`)
  rmSync(fresh, { force: true })
  try {
    writeFileSync(fresh, content, { flag: 'wx' })
    chmodSync(fresh, FILE_MODE)
    renameSync(fresh, place)
  } catch (thrown) {
    rmSync(fresh, { force: true })
    throw thrown
  }
}

const apply = (step: Step, place: string): Step => {
  if (step.kind === 'directory') return applyDirectory(step, place)
  if (step.did === 'removed') unlinkSync(place)
  else if (step.content !== undefined) replaceFile(place, step.content)
  return step
}

const applyDirectory = (step: Step, place: string): Step => {
  if (step.did === 'created') {
    mkdirSync(place)
    chmodSync(place, DIRECTORY_MODE)
    return step
  }
  if (readdirSync(place).length > 0) return { ...step, did: 'kept', why: 'not empty' }
  rmdirSync(place)
  return step
}
