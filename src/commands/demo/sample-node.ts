import { chmodSync, cpSync, lchownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One gear of the sample node. */
export interface SampleGear {
  readonly id: string
  readonly appName: string
  readonly namespace: string
  /** Names of sample cartridges. */
  readonly cartridges: readonly string[]
  /** Whether it ships the sample action hook. */
  readonly hook: boolean
  /** TCP port on loopback for its server, when it has one. */
  readonly port?: number
}

export interface SampleNode {
  /** Where gears live: GEAR_BASE_DIR. */
  readonly baseDir: string
  readonly gears: readonly (SampleGear & { readonly home: string })[]
}

interface Where {
  readonly directory: string
  /** Folder that holds cartridges/ and hooks/ of this package. */
  readonly packageDir: string
  /** The program that runs sample servers. */
  readonly nodeProgram: string
  /** User of the n-th gear; undefined: everything is ours, as without root. */
  readonly uidOf?: (at: number) => number
}

/** Lays out homes as OpenShift v2 does, with this package's sample cartridges in them. */
export const makeSampleNode = (gears: readonly SampleGear[], where: Where): SampleNode => {
  const baseDir = join(where.directory, 'gears')
  const made = gears.map((gear, at) => {
    const home = join(baseDir, gear.id)
    layOut(gear, home, where)
    const uid = where.uidOf?.(at)
    if (uid !== undefined) giveTo(uid, home)
    return { ...gear, home }
  })
  chmodSync(baseDir, 0o711)
  return { baseDir, gears: made }
}

const layOut = (gear: SampleGear, home: string, { packageDir, nodeProgram }: Where): void => {
  const repo = join(home, 'app-root/runtime/repo')
  for (const path of ['.env', 'app-root/data', 'app-root/logs', 'app-root/runtime/repo/.openshift/action_hooks']) {
    mkdirSync(join(home, path), { recursive: true })
  }
  symlinkSync('runtime/repo', join(home, 'app-root/repo'))
  writeFileSync(join(home, 'app-root/runtime/.state'), 'started\n')
  if (gear.hook) cpSync(join(packageDir, 'hooks/metrics'), join(repo, '.openshift/action_hooks/metrics'))
  writeVariables(join(home, '.env'), {
    OPENSHIFT_APP_NAME: gear.appName,
    OPENSHIFT_APP_UUID: `app-${gear.appName}`,
    OPENSHIFT_GEAR_NAME: gear.appName,
    OPENSHIFT_GEAR_UUID: gear.id,
    OPENSHIFT_NAMESPACE: gear.namespace,
    OPENSHIFT_HOMEDIR: `${home}/`,
    OPENSHIFT_DATA_DIR: `${home}/app-root/data/`,
    OPENSHIFT_LOG_DIR: `${home}/app-root/logs/`,
    OPENSHIFT_REPO_DIR: `${repo}/`,
    HOME: home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
  })
  for (const name of gear.cartridges) addCartridge(gear, { name, home, packageDir, nodeProgram })
}

interface CartridgePlace {
  readonly name: string
  readonly home: string
  readonly packageDir: string
  readonly nodeProgram: string
}

const addCartridge = (gear: SampleGear, { name, home, packageDir, nodeProgram }: CartridgePlace): void => {
  const directory = join(home, name)
  const short = name.toUpperCase()
  cpSync(join(packageDir, 'cartridges', name), directory, { recursive: true })
  writeVariables(join(directory, 'env'), {
    [`OPENSHIFT_${short}_DIR`]: `${directory}/`,
    ...(gear.port === undefined ? {} : { [`OPENSHIFT_${short}_IP`]: '127.0.0.1', [`OPENSHIFT_${short}_PORT`]: String(gear.port) }),
    ...(name === 'nodejs' ? { OPENSHIFT_NODEJS_PROGRAM: nodeProgram } : {}),
  })
}

const writeVariables = (directory: string, variables: Readonly<Record<string, string>>): void => {
  mkdirSync(directory, { recursive: true })
  for (const [name, value] of Object.entries(variables)) writeFileSync(join(directory, name), value)
}

const giveTo = (uid: number, path: string): void => {
  lchownSync(path, uid, uid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name)
    if (entry.isDirectory()) giveTo(uid, child)
    else lchownSync(child, uid, uid)
  }
}
