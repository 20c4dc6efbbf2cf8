import { realpathSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { parseYaml } from '../../config/yaml.ts'
import { messageOf, ParseError, type Problem } from '../../errors.ts'
import { isMap } from '../../node/declarations.ts'
import { type Manifest, parseManifest } from '../../node/manifest.ts'
import { type FileRead, withTree } from '../../node/safe-files.ts'
import type { GearSettings } from '../../node/settings.ts'
import { type Finding, findingOf } from './finding.ts'

export type ManifestLimits = GearSettings['manifest']

/** A manifest that could be read, and the variable in which the platform tells a cartridge where it lies. */
export interface CheckedManifest {
  readonly good?: { readonly manifest: Manifest; readonly dirVariable: string }
  readonly findings: readonly Finding[]
}

/** Everything that is wrong with a manifest that stands alone. */
export const checkManifestFile = (file: string, limits: ManifestLimits): readonly Finding[] => {
  try {
    const path = realpathSync(file)
    const read = withTree(dirname(path), statSync(path), (tree) => tree.read(basename(path), limits.maxBytes))
    return checkManifest(read, { place: file, limits }).findings
  } catch (thrown) {
    return [{ place: file, reason: 'manifest-unreadable', message: messageOf(thrown) }]
  }
}

/** Everything that is wrong with what was read as a manifest. */
export const checkManifest = (
  read: FileRead,
  { place, limits, ident }: { readonly place: string; readonly limits: ManifestLimits; readonly ident?: string },
): CheckedManifest => {
  if (read.status !== 'read') {
    const why = read.status === 'refused' ? read : { expected: 'a manifest', got: 'nothing' }
    return { findings: [findingOf({ reason: 'manifest-unreadable', place, expected: why.expected, got: why.got })] }
  }
  const text = read.bytes.toString('utf8')
  try {
    const context = { place, bounds: limits, ...(ident === undefined ? {} : { ident }) }
    const { manifest, findings } = parseManifest(text, context)
    const dirVariable = dirVariableOf(parseYaml(text, place), manifest.name)
    return { good: { manifest, dirVariable }, findings: findings.map((problem) => manifestFinding(place, problem)) }
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown
    return { findings: [manifestError(place, thrown.message)] }
  }
}

const dirVariableOf = (document: unknown, name: string): string => {
  const given = isMap(document) ? document['Cartridge-Short-Name'] : undefined
  const short = typeof given === 'string' || typeof given === 'number' ? String(given) : ''
  return `OPENSHIFT_${(short || name.replace(/[-.]/g, '_')).toUpperCase()}_DIR`
}

const manifestFinding = (file: string, { place, expected, got }: Problem): Finding =>
  findingOf({ reason: 'manifest-invalid', place: file, expected, got }, place.slice(file.length + 2))

/** The message of a YAML error begins with file, line and column. */
const manifestError = (file: string, message: string): Finding => {
  const [, line, column, rest] = /^:(\d+):(\d+): (.*)$/s.exec(message.slice(file.length)) ?? []
  const position = line === undefined ? {} : { line: Number(line), column: Number(column) }
  return { place: file, ...position, reason: 'manifest-invalid', message: rest ?? message.replace(`${file}: `, '') }
}
