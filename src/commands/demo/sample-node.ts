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
  /** TCP port on loopback for its server. */
  readonly port: number
  /** Whose it is; undefined: ours, as without root. */
  readonly uid: number | undefined
}

/** A cartridge in a gear, with what the platform would give its `bin/control`. */
export interface Installed {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  readonly uid: number | undefined
}

export interface Samples {
  /** Folder that holds cartridges/ and hooks/. */
  readonly packageDir: string
  /** The program that runs sample servers. */
  readonly nodeProgram: string
}

/**
 * Lays out homes below `baseDir` as OpenShift v2 does, with this package's sample cartridges in them.
 * @returns the cartridges of all gears
 */
export const makeSampleNode = (
  baseDir: string,
  gears: readonly SampleGear[],
  samples: Samples,
): readonly Installed[] => {
  const installed = gears.flatMap((gear) => {
    const home = join(baseDir, gear.id)
    const common = layOut(gear, home, samples)
    const cartridges = gear.cartridges.map((name): Installed => {
      const own = addCartridge(gear, join(home, name), samples)
      return { directory: join(home, name), environment: { ...common, ...own }, uid: gear.uid }
    })
    if (gear.uid !== undefined) giveTo(gear.uid, home)
    return cartridges
  })
  chmodSync(baseDir, 0o711)
  return installed
}

const layOut = (gear: SampleGear, home: string, { packageDir }: Samples): Record<string, string> => {
  const hooks = join(home, 'app-root/runtime/repo/.openshift/action_hooks')
  for (const path of [hooks, join(home, 'app-root/data'), join(home, 'app-root/logs')])
    mkdirSync(path, { recursive: true })
  symlinkSync('runtime/repo', join(home, 'app-root/repo'))
  writeFileSync(join(home, 'app-root/runtime/.state'), 'started\n')
  if (gear.hook) cpSync(join(packageDir, 'hooks/metrics'), join(hooks, 'metrics'))
  return writeVariables(join(home, '.env'), {
    OPENSHIFT_APP_NAME: gear.appName,
    OPENSHIFT_APP_UUID: `app-${gear.appName}`,
    OPENSHIFT_GEAR_NAME: gear.appName,
    OPENSHIFT_GEAR_UUID: gear.id,
    OPENSHIFT_NAMESPACE: gear.namespace,
    OPENSHIFT_HOMEDIR: `${home}/`,
    OPENSHIFT_DATA_DIR: `${home}/app-root/data/`,
    OPENSHIFT_LOG_DIR: `${home}/app-root/logs/`,
    OPENSHIFT_REPO_DIR: `${home}/app-root/repo/`,
    HOME: home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
  })
}

const addCartridge = (
  gear: SampleGear,
  directory: string,
  { packageDir, nodeProgram }: Samples,
): Record<string, string> => {
  const name = directory.slice(directory.lastIndexOf('/') + 1)
  const prefix = `OPENSHIFT_${name.toUpperCase()}`
  cpSync(join(packageDir, 'cartridges', name), directory, { recursive: true })
  return writeVariables(join(directory, 'env'), {
    [`${prefix}_DIR`]: `${directory}/`,
    [`${prefix}_IP`]: '127.0.0.1',
    [`${prefix}_PORT`]: String(gear.port),
    [`${prefix}_NODE`]: nodeProgram,
  })
}

const writeVariables = (directory: string, variables: Record<string, string>): Record<string, string> => {
  mkdirSync(directory, { recursive: true })
  for (const [name, value] of Object.entries(variables)) writeFileSync(join(directory, name), value)
  return variables
}

const giveTo = (uid: number, path: string): void => {
  lchownSync(path, uid, uid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name)
    if (entry.isDirectory()) giveTo(uid, child)
    else lchownSync(child, uid, uid)
  }
}
