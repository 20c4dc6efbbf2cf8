import type { Environment, EnvReader } from './env-files.ts'
import type { GearIdentity } from './gear.ts'
import { foldersIn, type Tree } from './safe-files.ts'

/** The variables of a gear by where they stand, in the order in which later ones beat earlier ones. */
export interface EnvironmentParts {
  /** /etc/openshift/env */
  readonly system: Environment
  /** `.env` */
  readonly gear: Environment
  /** `<folder>/env` by folder: every folder of the home that is not hidden, not cartridges alone. */
  readonly folders: ReadonlyMap<string, Environment>
  /** `.env/<publisher>`, from the other cartridges of the app. */
  readonly published: readonly Environment[]
  /** `.env/user_vars` */
  readonly user: Environment
}

const DEFAULT_PATH = '/bin:/usr/bin:/usr/sbin'

/** Reads all that a gear has; `env` bounds it. */
export const readEnvironment = (tree: Tree, system: Environment, env: EnvReader): EnvironmentParts => {
  // the gear's own variables first: they are the last that a limit may cost
  const gear = env('.env')
  const user = env('.env/user_vars')
  const publishers = foldersIn(tree, '.env').filter((name) => !name.endsWith('user_vars'))
  const published = publishers.map((name) => env(`.env/${name}`))
  return {
    system,
    gear,
    user,
    published,
    folders: new Map(foldersIn(tree, '').map((name) => [name, env(`${name}/env`)])),
  }
}

/**
 * What OpenShift calls the gear environment.
 * @param named folder of the cartridge that asks; its variables beat those of the others
 */
export const gearEnvironment = (parts: EnvironmentParts, home: string, named?: string): Environment => {
  const ofFolder = (folder: string | undefined): Environment => parts.folders.get(folder ?? '') ?? new Map()
  const merged = merge(parts.system, parts.gear, ...parts.folders.values(), ...parts.published, ofFolder(named))
  const primary = ofFolder(primaryFolder(merged, home))
  const withPrimary = merge(merged, primary)
  return merge(withPrimary, searchPaths(withPrimary, merge(parts.system, parts.gear), primary), userVariables(parts))
}

/** The environment of `bin/control` of the cartridge in `folder`. */
export const controlEnvironment = (parts: EnvironmentParts, home: string, folder: string): Environment => {
  const own = new Map(parts.folders.get(folder))
  own.delete('PATH')
  return merge(gearEnvironment(parts, home, folder), own, userVariables(parts))
}

/** Adds what login(1) would set, where the gear does not say otherwise. */
export const withLogin = (environment: Environment, { id, user, home }: GearIdentity): Environment =>
  merge(
    new Map([
      ['HOME', home ?? '/'],
      ['USER', user ?? id],
      ['LOGNAME', user ?? id],
      ['SHELL', '/bin/sh'],
      ['PATH', DEFAULT_PATH],
    ]),
    environment,
  )

const merge = (...environments: readonly Environment[]): Map<string, string> => {
  const merged = new Map(environments[0])
  for (const environment of environments.slice(1)) for (const [name, value] of environment) merged.set(name, value)
  return merged
}

const primaryFolder = (environment: Environment, home: string): string | undefined => {
  const directory = environment.get('OPENSHIFT_PRIMARY_CARTRIDGE_DIR')?.replace(/\/+$/, '')
  return directory?.startsWith(`${home}/`) ? directory.slice(home.length + 1) : undefined
}

// PATH is always made of the elements and the platform's value, never a cartridge's; LD_LIBRARY_PATH only where there are elements
const searchPaths = (environment: Environment, platform: Environment, primary: Environment): Environment => {
  const elements = (suffix: RegExp): { first: string[]; rest: string[] } => {
    const names = [...environment.keys()].filter((name) => suffix.test(name)).sort()
    const valuesOf = (chosen: string[]): string[] => chosen.map((name) => environment.get(name)!).filter(Boolean)
    return {
      first: valuesOf(names.filter((name) => primary.has(name))),
      rest: valuesOf(names.filter((name) => !primary.has(name))),
    }
  }
  const path = elements(/^OPENSHIFT_(?!.*_LD_LIBRARY_PATH_ELEMENT$).*_PATH_ELEMENT$/)
  const library = elements(/^OPENSHIFT_.*_LD_LIBRARY_PATH_ELEMENT$/)
  const platformPath = platform.get('PATH') ?? DEFAULT_PATH
  const paths = new Map([['PATH', [...path.first, ...path.rest, platformPath].join(':')]])
  const libraryPath = [...library.rest, ...library.first]
  const platformLibraryPath = platform.get('LD_LIBRARY_PATH') ?? []
  if (libraryPath.length > 0) paths.set('LD_LIBRARY_PATH', libraryPath.concat(platformLibraryPath).join(':'))
  return paths
}

/** Names that OpenShift does not let a user set; held here too, for nodes whose platform does not. */
const NEVER_USERS =
  /^(PATH|IFS|USER|SHELL|HOSTNAME|LOGNAME|OPENSHIFT_.*_IDENT|OPENSHIFT_PRIMARY_CARTRIDGE_DIR|OPENSHIFT_NAMESPACE)$/

const userVariables = ({ system, gear, user }: EnvironmentParts): Environment =>
  new Map(
    [...user].filter(
      ([name]) => name === 'OPENSHIFT_SECRET_TOKEN' || !(system.has(name) || gear.has(name) || NEVER_USERS.test(name)),
    ),
  )
