import { chmodSync, lchownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Files of a gear by path in its home; scripts (below bin/ and action_hooks/) become executable. */
export type GearFiles = Readonly<Record<string, string>>

export const isRoot = process.getuid?.() === 0

/** As root each gear has its own uid, which no system gives to anybody; else all are ours. */
const FIRST_UID = 55_001

/**
 * Writes homes below `baseDir` as OpenShift lays them out: `.env` from the gear's name, `app-root/repo` as the link that it is.
 * @returns the uid of each gear
 */
export const writeGears = (
  baseDir: string,
  gears: Readonly<Record<string, GearFiles>>,
): ReadonlyMap<string, number> => {
  const uids = new Map<string, number>()
  for (const [at, [id, files]] of Object.entries(gears).entries()) {
    const home = join(baseDir, id)
    const variables = {
      OPENSHIFT_APP_NAME: `app${id}`,
      OPENSHIFT_APP_UUID: `${id}app`,
      OPENSHIFT_NAMESPACE: 'acme',
      OPENSHIFT_GEAR_UUID: id,
    }
    for (const [name, value] of Object.entries(variables)) write(join(home, '.env', name), value)
    mkdirSync(join(home, 'app-root/runtime/repo'), { recursive: true })
    symlinkSync('runtime/repo', join(home, 'app-root/repo'))
    for (const [path, text] of Object.entries(files))
      write(join(home, path.replace('app-root/repo/', 'app-root/runtime/repo/')), text)
    const uid = isRoot ? FIRST_UID + at : process.getuid!()
    if (isRoot) giveTo(uid, home)
    uids.set(id, uid)
  }
  for (let path = baseDir; path.startsWith('/tmp/'); path = dirname(path)) chmodSync(path, 0o755)
  return uids
}

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  if (/\/(bin|action_hooks)\//.test(path)) chmodSync(path, 0o755)
}

const giveTo = (uid: number, path: string): void => {
  lchownSync(path, uid, uid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) giveTo(uid, join(path, entry.name))
    else lchownSync(join(path, entry.name), uid, uid)
  }
}

/** A manifest that breaks no rule of OpenShift's. */
export const manifestOf = (name: string, metrics: string): string =>
  `Name: ${name}\nCartridge-Short-Name: ${name.toUpperCase()}\nCartridge-Vendor: example\nVersion: '1'\nMetrics:${metrics}\n`
