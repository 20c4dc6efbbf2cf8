import { join } from 'node:path'
import { type Cartridge, findCartridges } from './cartridges.ts'
import { createEnvReader, type Environment } from './env-files.ts'
import { controlEnvironment, gearEnvironment, readEnvironment, withLogin } from './environment.ts'
import { type GearIdentity, type GearProblem, gearProblem, type Script } from './gear.ts'
import type { ParseManifest } from './manifest-memory.ts'
import type { Tree } from './safe-files.ts'
import { findNamedScript, findScript } from './script-file.ts'
import type { GearSettings } from './settings.ts'

/** What all gears of one round share. */
export interface GearContext {
  readonly settings: GearSettings
  readonly nodeName: string
  readonly ownUid: number
  readonly cgroupRoot: string
  readonly system: Environment
  readonly locks: ReadonlySet<string>
  readonly parse: ParseManifest
}

/** The gear that is being looked into. */
export interface Reading {
  readonly identity: GearIdentity
  readonly context: GearContext
  readonly mayRun: boolean
  readonly report: (problem: GearProblem) => void
}

const HOOK = 'app-root/repo/.openshift/action_hooks/metrics'

/** All that can be started in a home: cartridges by folder, what the admin named, then the action hook. */
export const scriptsOf = (tree: Tree, home: string, reading: Reading): readonly Script[] => {
  const { identity, context, report } = reading
  const { settings, parse, system } = context
  const cartridges = findCartridges(tree, {
    home,
    uid: identity.uid,
    needsIdent: identity.source === 'passwd',
    parse,
    maxManifestBytes: settings.manifest.maxBytes,
    report,
  })
  const hook = findScript(tree, HOOK, { home, uid: identity.uid })
  if (hook.status === 'bad') report(hook.problem)
  // most of the work: only for who has something to run
  if (cartridges.length === 0 && hook.status !== 'good' && identity.scripts.length === 0) return []

  const env = createEnvReader(tree, { root: home, limits: settings.environment, report })
  const parts = readEnvironment(tree, system, env)
  const ofGear = withLogin(gearEnvironment(parts, home), identity)
  const ofCartridge = (cartridge: Cartridge): Script =>
    cartridgeScript(cartridge, home, withLogin(controlEnvironment(parts, home, cartridge.folder), identity))
  return [
    ...cartridges.map(ofCartridge),
    ...namedScripts(reading, ofGear),
    ...(hook.status === 'good' ? [hookScript(hook.path, home, ofGear)] : []),
  ]
}

const cartridgeScript = (
  { folder, manifest, path, args }: Cartridge,
  home: string,
  environment: Environment,
): Script => ({
  kind: 'cartridge',
  cart: manifest.name,
  path,
  args,
  cwd: join(home, folder),
  environment,
  declarations: manifest.declarations,
  ...(manifest.intervalMs === undefined ? {} : { intervalMs: manifest.intervalMs }),
  ...(manifest.timeoutMs === undefined ? {} : { timeoutMs: manifest.timeoutMs }),
})

// as OpenShift starts action hooks: in the home
const hookScript = (path: string, home: string, environment: Environment): Script => ({
  kind: 'hook',
  path,
  args: [],
  cwd: home,
  environment,
  declarations: new Map(),
})

/** The admin's own scripts, as far as they are good. */
export const namedScripts = ({ identity, report }: Reading, environment: Environment): readonly Script[] =>
  identity.scripts
    .filter((script) => {
      const file = findNamedScript(script.path, identity)
      if (file.status === 'bad') report(file.problem)
      if (file.status === 'absent') {
        report(gearProblem('script-missing', { place: script.path, expected: 'a script', got: 'nothing' }))
      }
      return file.status === 'good'
    })
    .map((script) => ({ ...script, environment: withLogin(environment, identity) }))
