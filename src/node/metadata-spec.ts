import { isName } from '../message/name.ts'

/** Label name → environment variable, in the order in which METRICS_METADATA gives them. */
export type MetadataSpec = Readonly<Record<string, string>>

export const DEFAULT_METADATA: MetadataSpec = {
  appName: 'OPENSHIFT_APP_NAME',
  gear: 'OPENSHIFT_GEAR_UUID',
  app: 'OPENSHIFT_APP_UUID',
  ns: 'OPENSHIFT_NAMESPACE',
}

/** RFC 5424 allows no longer name of a parameter. */
const MAX_LABEL_BYTES = 32
const OURS = new Set(['node', 'cart', 'type'])
const SECRET = /TOKEN|SECRET|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|_KEY$/i

/** Whether this may name a label that an admin gives: short, and not one that only the program itself writes. */
export const isLabelName = (name: string): boolean => isName(name, MAX_LABEL_BYTES) && !OURS.has(name)

/** What is wrong with one entry, as a sentence; undefined when it is good. */
export const faultOfEntry = (label: string, variable: string): string | undefined => {
  if (OURS.has(label)) return `label ${label} is written by the program itself`
  if (!isLabelName(label)) return `${JSON.stringify(label)} is not the name of a label`
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return `${JSON.stringify(variable)} is not the name of a variable`
  return SECRET.test(variable) ? `${variable} looks like a secret` : undefined
}

/**
 * Reads METRICS_METADATA: `label:VARIABLE,label:VARIABLE`. Blanks around words and a trailing comma are harmless, a third
 * `:` part is ignored, and of a label that comes twice the last variable counts, at the first position.
 * @param fault is told of each entry that is left out
 */
export const parseMetadata = (text: string, fault: (message: string) => void): MetadataSpec => {
  const spec = new Map<string, string>()
  const entries = text.trim().replace(/,$/, '').split(',')
  for (const item of text.trim() === '' ? [] : entries) {
    const [label = '', variable] = item.split(':').map((part) => part.trim())
    const wrong =
      variable === undefined ? `${JSON.stringify(item)} is not label:VARIABLE` : faultOfEntry(label, variable)
    if (wrong === undefined) spec.set(label, variable!)
    else fault(wrong)
  }
  return Object.fromEntries(spec)
}
