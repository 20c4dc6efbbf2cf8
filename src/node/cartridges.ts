import { join } from 'node:path'
import { messageOf, ParseError } from '../errors.ts'
import { type GearProblem, gearProblem } from './gear.ts'
import type { Manifest } from './manifest.ts'
import type { ParseManifest } from './manifest-memory.ts'
import { foldersIn, type Tree } from './safe-files.ts'
import { findScript, type ScriptFile } from './script-file.ts'

/** A cartridge whose manifest says that it has metrics, and what prints them. */
export interface Cartridge {
  /** Name of its directory in the home. */
  readonly folder: string
  readonly manifest: Manifest
  readonly path: string
  readonly args: readonly string[]
}

export interface CartridgeOptions {
  readonly home: string
  readonly uid: number
  /** Whether a cartridge without IDENT is a problem: on a real node the platform writes one. */
  readonly needsIdent: boolean
  readonly parse: ParseManifest
  readonly maxManifestBytes: number
  readonly report: (problem: GearProblem) => void
}

const MAX_ENV_FILES = 500
const MAX_IDENT_BYTES = 1024
const PLACE = 'metadata/manifest.yml'

/** Finds the cartridges of a gear that have metrics and something to print them, sorted by folder. */
export const findCartridges = (tree: Tree, options: CartridgeOptions): readonly Cartridge[] => {
  const names = new Set<string>()
  return foldersIn(tree, '').flatMap((folder) => {
    const place = join(options.home, folder, PLACE)
    const manifest = readManifest(tree, folder, options)
    if (!manifest) return []
    if (names.has(manifest.name)) {
      const expected = 'a name that no other cartridge of the gear has'
      options.report(gearProblem('manifest-invalid', { place, expected, got: manifest.name }))
      return []
    }
    names.add(manifest.name)
    const entry = manifest.hasMetrics ? entryPoint(tree, folder, options) : undefined
    return entry ? [{ folder, manifest, ...entry }] : []
  })
}

const readManifest = (tree: Tree, folder: string, options: CartridgeOptions): Manifest | undefined => {
  const { home, maxManifestBytes, needsIdent, parse, report } = options
  const place = join(home, folder, PLACE)
  const file = tree.read(`${folder}/${PLACE}`, maxManifestBytes)
  if (file.status === 'refused') report(gearProblem('manifest-unreadable', { ...file, place }))
  if (file.status !== 'read') return undefined
  const ident = readIdent(tree, folder)
  try {
    const manifest = parse(file.bytes.toString('utf8'), ident)
    if (ident === undefined && needsIdent && manifest.hasMetrics) {
      const expected = 'OPENSHIFT_<SHORT>_IDENT with the version'
      report(gearProblem('manifest-invalid', { place: join(home, folder, 'env'), expected, got: 'nothing' }))
    }
    return manifest
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown
    report(gearProblem('manifest-invalid', { place, expected: 'a manifest', got: messageOf(thrown) }))
    return undefined
  }
}

/** The content of a cartridge's IDENT. The file is found by its form, as its name depends on a manifest that is not read yet. */
export const readIdent = (tree: Tree, folder: string): string | undefined => {
  const listing = tree.list(`${folder}/env`, MAX_ENV_FILES)
  const name =
    listing.status === 'listed'
      ? listing.entries.find((entry) => /^OPENSHIFT_.+_IDENT$/.test(entry.name))?.name
      : undefined
  const file = name === undefined ? undefined : tree.read(`${folder}/env/${name}`, MAX_IDENT_BYTES)
  return file?.status === 'read' ? file.bytes.toString('utf8').trim() : undefined
}

/** `bin/metrics`, the older contract, where a cartridge has it: such a one's `bin/control metrics` prints nothing. */
export const entryPoint = (
  tree: Tree,
  folder: string,
  { home, uid, report }: Pick<CartridgeOptions, 'home' | 'uid' | 'report'>,
): Pick<Cartridge, 'path' | 'args'> | undefined => {
  const script = (name: string): ScriptFile => findScript(tree, `${folder}/bin/${name}`, { home, uid })
  const metrics = script('metrics')
  if (metrics.status === 'good') return { path: metrics.path, args: [] }
  const control = script('control')
  if (control.status === 'good') return { path: control.path, args: ['metrics'] }
  const bad = [control, metrics].find(({ status }) => status === 'bad')
  const place = join(home, folder, 'bin/control')
  report(
    bad?.status === 'bad'
      ? bad.problem
      : gearProblem('script-missing', { place, expected: 'a script, as the manifest has Metrics', got: 'nothing' }),
  )
  return undefined
}
