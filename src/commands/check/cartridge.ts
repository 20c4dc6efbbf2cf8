import { join } from 'node:path'
import { messageOf } from '../../errors.ts'
import type { GatherdSettings } from '../../gatherd/settings.ts'
import { entryPoint, readIdent } from '../../node/cartridges.ts'
import type { GearProblem, Script } from '../../node/gear.ts'
import { type Tree, withTree } from '../../node/safe-files.ts'
import { compare } from './compare.ts'
import { type Finding, findingOf } from './finding.ts'
import { checkManifest } from './manifest.ts'
import { environmentOf, type Place, placeOf } from './place.ts'
import { checkRun, nameOf } from './run.ts'

export interface CartridgeOptions {
  readonly settings: Pick<GatherdSettings, 'gears' | 'scripts'>
  /** Directory of node.conf; env/ stands beside it. */
  readonly confDir: string
}

export interface CheckedCartridge {
  readonly findings: readonly Finding[]
  /** The script had nothing to say, which is no mistake. */
  readonly isSilent: boolean
}

const MANIFEST = 'metadata/manifest.yml'

/**
 * Checks manifest and script of a cartridge, reading and running them as the daemon would.
 * @param directory absolute and free of links
 */
export const checkCartridge = async (directory: string, options: CartridgeOptions): Promise<CheckedCartridge> => {
  const { settings } = options
  const place = placeOf(directory, settings.gears.minUid)
  const { script, findings } = readScript(place, options)
  if (!script) return { findings, isSilent: false }
  const run = await checkRun(script, place.identity, settings)
  const names = { manifest: join(directory, MANIFEST), script: nameOf(script) }
  const compared = run.succeeded && !run.isSilent ? compare(script.declarations, run.printed, names) : []
  return { findings: [...findings, ...run.findings, ...compared], isSilent: run.isSilent }
}

interface ReadCartridge {
  /** Absent: nothing would be run. */
  readonly script?: Script
  readonly findings: readonly Finding[]
}

const readScript = (place: Place, options: CartridgeOptions): ReadCartridge => {
  try {
    return withTree(place.root, place.owner, (tree) => readTree(tree, place, options))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === undefined) throw thrown
    return { findings: [{ place: place.root, reason: 'unreadable', message: messageOf(thrown) }] }
  }
}

const readTree = (tree: Tree, place: Place, { settings: { gears }, confDir }: CartridgeOptions): ReadCartridge => {
  const { directory, root, folder, owner } = place
  const file = join(directory, MANIFEST)
  const ident = readIdent(tree, folder)
  const read = tree.read(join(folder, MANIFEST), gears.manifest.maxBytes)
  const checked = checkManifest(read, {
    place: file,
    limits: gears.manifest,
    ...(ident === undefined ? {} : { ident }),
  })
  if (!checked.good) return checked
  const { manifest, dirVariable } = checked.good
  const findings = [...checked.findings]
  if (!manifest.hasMetrics) {
    const message = 'expected Metrics, got a manifest without it: nothing is ever run'
    return { findings: [...findings, { place: file, reason: 'no-metrics', message }] }
  }
  const report = (problem: GearProblem): void => void findings.push(findingOf(problem))
  const entry = entryPoint(tree, folder, { home: root, uid: owner.uid, report })
  if (!entry) return { findings }
  const environment = environmentOf(tree, place, {
    limits: gears.environment,
    systemDir: gears.envDir ?? join(confDir, 'env'),
    platform: new Map([[dirVariable, `${directory}/`]]),
    report,
  })
  const { name: cart, declarations, timeoutMs } = manifest
  const granted = timeoutMs === undefined ? {} : { timeoutMs }
  return {
    script: { kind: 'cartridge', cart, ...entry, cwd: directory, environment, declarations, ...granted },
    findings,
  }
}
