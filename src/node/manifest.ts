import { show } from '../config/problems.ts'
import { parseYaml } from '../config/yaml.ts'
import type { Declaration } from '../contract.ts'
import { ParseError, type Problem } from '../errors.ts'
import { isMap, parseMetrics } from './declarations.ts'
import { type ManifestBounds, type MetricsOptions, optionsOf } from './metrics-options.ts'

/** What metrics need of a cartridge's `metadata/manifest.yml`. */
export interface Manifest extends MetricsOptions {
  /** Value of `cart=`. */
  readonly name: string
  /** The active software version, where it is known. */
  readonly version?: string
  readonly hasMetrics: boolean
  readonly declarations: ReadonlyMap<string, Declaration>
}

export interface ManifestContext {
  /** Name of the file, for findings and errors. */
  readonly place: string
  /** Content of `env/OPENSHIFT_<SHORT>_IDENT`: `vendor:name:software_version:cartridge_version`. */
  readonly ident?: string
  readonly bounds?: ManifestBounds
}

type Tree = Readonly<Record<string, unknown>>
type Find = (key: string, expected: string, got: unknown) => void

/**
 * Reads a manifest. Only a text that is no YAML map or has no good `Name` is refused: the name is the identity under which
 * everything is reported. All else that breaks OpenShift's rules, or is not understood, is a finding for `oo-metrics check`.
 * @throws ParseError
 */
export const parseManifest = (
  text: string,
  { place, ident, bounds }: ManifestContext,
): { readonly manifest: Manifest; readonly findings: readonly Problem[] } => {
  const document = parseYaml(text, place) ?? {}
  if (!isMap(document)) throw new ParseError(`${place}: expected a map, got ${show(document)}`)
  const findings: Problem[] = []
  const find: Find = (key, expected, got) => void findings.push({ place: `${place}: ${key}`, expected, got: show(got) })
  const name = nameOf(document, place)
  checkRequired(document, find)
  const version = activeVersion(document, { name, ident, find })
  const active = withOverrides(document, version, find)
  // absent and null mean no metrics; false, 0 and '' were metrics to OpenShift, which only tested for null
  const metrics = active.Metrics ?? undefined
  const declared = metrics === undefined ? undefined : parseMetrics(metrics, `${place}: Metrics`)
  return {
    manifest: {
      name,
      ...(version === undefined ? {} : { version }),
      hasMetrics: declared !== undefined,
      declarations: declared?.declarations ?? new Map(),
      ...optionsOf(active['Metrics-Options'], bounds, (key, expected, got) =>
        find(`Metrics-Options${key}`, expected, got),
      ),
    },
    findings: [...findings, ...(declared?.findings ?? [])],
  }
}

const RESERVED_NAMES = new Set(['app-root', 'git'])

const nameOf = ({ Name }: Tree, place: string): string => {
  const name = textOf(Name)
  if (name !== undefined && /^[a-z0-9](?:[-._a-z0-9]{0,30}[a-z0-9])?$/.test(name) && !RESERVED_NAMES.has(name))
    return name
  const expected = 'at most 32 of a-z, 0-9 and "- . _", a letter or digit at both ends, not app-root or git'
  throw new ParseError(`${place}: Name: expected ${expected}, got ${show(Name)}`)
}

/** Numbers without quotes are versions and names as well. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

const checkRequired = (manifest: Tree, find: Find): void => {
  const shortName = textOf(manifest['Cartridge-Short-Name'])
  if (!shortName || shortName.includes('-'))
    find('Cartridge-Short-Name', 'a name without "-"', manifest['Cartridge-Short-Name'])
  const vendor = textOf(manifest['Cartridge-Vendor']) ?? ''
  if (!/^[a-z0-9](?:[_a-z0-9]{0,30}[a-z0-9])?$/.test(vendor)) {
    find(
      'Cartridge-Vendor',
      'at most 32 of a-z, 0-9 and "_", a letter or digit at both ends',
      manifest['Cartridge-Vendor'],
    )
  }
  if (textOf(manifest.Version) === undefined) find('Version', 'a version', manifest.Version)
  for (const key of ['Versions', 'Compatible-Versions']) {
    if (manifest[key] !== undefined && !Array.isArray(manifest[key])) find(key, 'a list', manifest[key])
  }
}

/** The version that IDENT names; the manifest's own where there is no good one. */
const activeVersion = (
  manifest: Tree,
  { name, ident, find }: { name: string; ident: string | undefined; find: Find },
): string | undefined => {
  const own = textOf(manifest.Version)
  if (ident === undefined) return own
  const fields = ident.split(':')
  const [, identName, version = ''] = fields
  if (fields.length !== 4) find('IDENT', 'vendor:name:software_version:cartridge_version', ident)
  else if (identName !== name) find('IDENT', `the name ${name}`, identName)
  else if (!versionsOf(manifest).some((known) => isVersion(known, version)))
    find('IDENT', 'a version of the manifest', version)
  else return version
  return own
}

const versionsOf = ({ Version, Versions }: Tree): unknown[] => [...(Array.isArray(Versions) ? Versions : []), Version]

// without quotes YAML reads 5.10 as the number 5.1
const isVersion = (known: unknown, version: string): boolean =>
  textOf(known) === version || (typeof known === 'number' && known === Number(version))

/** Merges the entry of the active version: its keys replace those of the top level as they are. */
const withOverrides = (manifest: Tree, version: string | undefined, find: Find): Tree => {
  const overrides = manifest['Version-Overrides'] ?? {}
  if (!isMap(overrides)) {
    find('Version-Overrides', 'a map of versions', overrides)
    return manifest
  }
  const strings = versionsOf(manifest).filter((known) => typeof known === 'string')
  const isUnquoted = (key: string): boolean => String(Number(key)) === key && !strings.includes(key)
  const key = [version ?? '', ...Object.keys(overrides).filter(isUnquoted)].find(
    (candidate) =>
      Object.hasOwn(overrides, candidate) && (candidate === version || Number(candidate) === Number(version)),
  )
  const override = key === undefined ? undefined : overrides[key]
  if (override === undefined || override === null) return manifest
  if (isMap(override)) return { ...manifest, ...override }
  find(`Version-Overrides.${key}`, 'a map', override)
  return manifest
}
