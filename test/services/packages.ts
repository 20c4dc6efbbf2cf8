import { execFile } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CACHE = resolve('.cache/debian')
const SYSTEM = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** A program of a Debian package as it can be had here, or why it cannot. */
export type Needed =
  | {
      readonly found: true
      readonly path: string
      /** Where the package was unpacked; `/` when it is installed. Its libraries and modules lie below. */
      readonly root: string
    }
  | { readonly found: false; readonly why: string }

const memory = new Map<string, Promise<Needed>>()

/**
 * Finds a real component for a test: on PATH or in the system's directories; else installs it, under CI=true as root;
 * else unpacks the Debian package into `.cache/` without touching the system.
 * What cannot be had is told, so that the test calls `this.skip()`.
 * @param libraries packages that it needs and that are rarely installed; only unpacking has to be told
 */
export const need = (packageName: string, program: string, libraries: readonly string[] = []): Promise<Needed> => {
  const key = `${packageName} ${program}`
  const known = memory.get(key) ?? find([packageName, ...libraries], program)
  memory.set(key, known)
  return known
}

const find = async (packages: readonly [string, ...string[]], program: string): Promise<Needed> => {
  const [packageName] = packages
  const installed = findProgram('/', program)
  if (installed) return installed
  try {
    return (await obtain(packages, program)) ?? { found: false, why: `${packageName} has no program ${program}` }
  } catch (thrown) {
    const [reason = ''] = String((thrown as Error).message).split('\n')
    return { found: false, why: `${packageName} cannot be had: ${reason}` }
  }
}

const obtain = async (packages: readonly [string, ...string[]], program: string): Promise<Needed | undefined> => {
  const [packageName] = packages
  if (process.env.CI === 'true' && process.getuid?.() === 0) {
    await install(packageName)
    return findProgram('/', program)
  }
  const root = join(CACHE, packageName)
  const cached = findProgram(root, program)
  if (cached) return cached
  await unpack(packages, root)
  return findProgram(root, program)
}

const findProgram = (root: string, program: string): Needed | undefined => {
  const onPath =
    root === '/' ? (process.env.PATH ?? '').split(':').filter((directory) => directory.startsWith('/')) : []
  for (const directory of [...onPath, ...SYSTEM]) {
    const path = join(root, directory, program)
    if (isExecutable(path)) return { found: true, path, root }
  }
  return undefined
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

let updated: Promise<unknown> | undefined

const install = async (packageName: string): Promise<void> => {
  updated ??= run('apt-get', ['update'], { timeout: 300_000 })
  await updated
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = ['--yes', '--no-install-recommends']
  await run('apt-get', ['install', ...options, packageName], { timeout: 300_000, env, maxBuffer: 16 << 20 })
}

// into a directory of its own first: an unpacking that was cut short must not be taken for the package
const unpack = async (packages: readonly string[], root: string): Promise<void> => {
  mkdirSync(CACHE, { recursive: true })
  const fresh = mkdtempSync(join(CACHE, 'unpack-'))
  try {
    await run('apt-get', ['download', ...packages], { cwd: fresh, timeout: 120_000 })
    for (const archive of readdirSync(fresh).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', archive, 'tree'], { cwd: fresh, timeout: 120_000 })
    }
    rmSync(root, { recursive: true, force: true })
    renameSync(join(fresh, 'tree'), root)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
