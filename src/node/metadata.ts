import { join } from 'node:path'
import { attributionLabels, type Labels } from '../metric.ts'
import { decodeVariable, type Environment } from './env-files.ts'
import { type GearIdentity, type GearProblem, gearProblem } from './gear.ts'
import { DEFAULT_METADATA, type MetadataSpec } from './metadata-spec.ts'
import type { Tree } from './safe-files.ts'
import type { GearSettings } from './settings.ts'

/** The labels of METRICS_METADATA in their order, for whoever writes them into text. */
export const metadataKeys = ({ metadata }: Pick<GearSettings, 'metadata'>): readonly string[] => Object.keys(metadata)

/** What a script may not write, as it says where a metric comes from. */
export const reservedKeys = (settings: Pick<GearSettings, 'metadata'>): ReadonlySet<string> =>
  new Set([...attributionLabels, ...metadataKeys(settings)])

/** Looks a variable up where its gear cannot write. */
export type Trusted = (variable: string) => string | undefined

export interface LabelOptions {
  readonly spec: MetadataSpec
  readonly nodeName: string
  readonly trusted: Trusted
  readonly report: (problem: GearProblem) => void
}

const MAX_VALUE_BYTES = 256

/**
 * The labels of a gear: attribution, what METRICS_METADATA names, and what the admin gave, which wins. `gear` is the id
 * of the identity and `node` ours, whatever a file says. What a gear does not have is left out.
 */
export const labelsOf = (identity: GearIdentity, { spec, nodeName, trusted, report }: LabelOptions): Labels => {
  const place = identity.home === undefined ? `gear ${identity.id}` : join(identity.home, '.env')
  const labels = new Map<string, string>()
  for (const [label, variable] of Object.entries({ ...DEFAULT_METADATA, ...spec })) {
    const value =
      trusted(variable) ?? (variable === 'OPENSHIFT_NAMESPACE' ? namespaceOf(trusted('OPENSHIFT_GEAR_DNS')) : undefined)
    if (value === undefined || value === '') continue
    if (variable === 'OPENSHIFT_GEAR_UUID' && value !== identity.id) {
      report(gearProblem('metadata-invalid', { place: join(place, variable), expected: identity.id, got: value }))
    }
    const clean = cleanValue(value)
    if (clean !== value) {
      const expected = `at most ${MAX_VALUE_BYTES} bytes without control characters`
      report(gearProblem('metadata-invalid', { place: join(place, variable), expected, got: value }))
    }
    if (clean !== '') labels.set(label, clean)
  }
  for (const [label, value] of identity.labels) labels.set(label, value)
  return labels.set('gear', identity.id).set('node', nodeName)
}

/** The text up to the first control character, cut to what a label may hold at the border of a character. */
const cleanValue = (value: string): string => {
  const line = value.split(/[\p{Cc}\u2028\u2029]/u, 1)[0]!
  const bytes = Buffer.from(line)
  if (bytes.length <= MAX_VALUE_BYTES) return line
  let end = MAX_VALUE_BYTES
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/** `shop-acme.example.com` → `acme`: OpenShift builds the name of a gear as application, hyphen, namespace. */
const namespaceOf = (dns: string | undefined): string | undefined => dns?.split('.', 1)[0]?.split('-').slice(1).at(-1)

/**
 * Trusts `.env/<VARIABLE>` where root owns both the file and `.env`, as OpenShift makes them, and no link leads there;
 * what a gear may write (`<cartridge>/env`, user variables) can never give a label. Homes of source directory have no
 * platform above them, so their `.env` is taken as it is.
 */
export const trustedVariables = (
  tree: Tree,
  { identity, system, report }: { identity: GearIdentity; system: Environment; report: LabelOptions['report'] },
): Trusted => {
  const folder = join(identity.home ?? '/', '.env')
  const found = tree.find('.env')
  const folderOwner = found.status === 'found' && found.path === folder ? found.stats.uid : undefined
  if (folderOwner === undefined && found.status !== 'absent') {
    report(gearProblem('metadata-invalid', { place: folder, expected: 'a directory', got: 'a link' }))
  }
  return (variable) => {
    if (folderOwner === undefined) return system.get(variable)
    const file = tree.read(`.env/${variable}`, MAX_VALUE_BYTES * 16)
    const place = join(folder, variable)
    if (file.status === 'refused') report(gearProblem('metadata-invalid', { ...file, place }))
    if (file.status !== 'read') return system.get(variable)
    const owners = [folderOwner, file.stats.uid]
    const trusted = file.path === place && (identity.source === 'directory' || owners.every((uid) => uid === 0))
    if (trusted) return decodeVariable(file.bytes)
    const got = file.path === place ? `owners ${owners.join(' and ')}` : 'a link'
    report(
      gearProblem('metadata-invalid', { place, expected: 'a file that root owns, in a directory that root owns', got }),
    )
    return system.get(variable)
  }
}
