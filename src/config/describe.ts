import { type Loaded, settingsOf } from './load.ts'
import type { Schema } from './schema.ts'

/** One setting as it is in force. */
export interface SettingLine {
  readonly path: string
  readonly value: unknown
  /** `default`, a file, or `node.conf KEY`. */
  readonly origin: string
}

/** Every setting with its value and where that came from, for `--print-config`. */
export const describeLoaded = (schema: Schema, { settings, origins }: Loaded<unknown>): SettingLine[] => {
  const lines: SettingLine[] = []
  for (const { path, isSection } of settingsOf(schema)) {
    const value = path.reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], settings)
    if (isSection || value === undefined) continue
    const name = path.join('.')
    lines.push({ path: name, value, origin: origins.get(name) ?? originOfInner(name, origins) })
  }
  return lines
}

// a map or list of a setting's own has its origins at its inner keys
const originOfInner = (name: string, origins: ReadonlyMap<string, string>): string =>
  [...origins].find(([path]) => path.startsWith(`${name}.`))?.[1] ?? 'default'

/** The settings as a YAML file in which every key is explained and commented out with its default. */
export const renderSample = (schema: Schema): string => {
  const lines: string[] = []
  for (const { path, facts, fallback, isSection } of settingsOf(schema)) {
    const indent = '  '.repeat(path.length - 1)
    const key = path.at(-1)!
    if (isSection && path.length === 1) lines.push('')
    for (const line of wrap(docLine(facts), 116 - indent.length)) lines.push(`${indent}# ${line}`)
    if (isSection) lines.push(`${indent}${key}:`)
    else lines.push(`${indent}# ${key}: ${fallback === undefined ? '' : JSON.stringify(fallback)}`.trimEnd())
  }
  return `${lines.join('\n').trim()}\n`
}

const docLine = ({ doc, nodeConf }: { doc: string; nodeConf?: { key: string } }): string =>
  nodeConf ? `${doc} (node.conf: ${nodeConf.key})` : doc

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else if (word) lines.push(word)
  }
  return lines
}

/** The settings as mdoc(7) list items for a man page. */
export const renderManItems = (schema: Schema): string => {
  const items: string[] = []
  for (const { path, facts, fallback, isSection } of settingsOf(schema)) {
    if (isSection) continue
    items.push(`.It Va ${path.join('.')}`)
    items.push(
      facts.doc
        .replaceAll('\\', '\\e')
        .replace(/^[.']/, '\\&$&')
        .replace(/([.!?]) (?=[A-Z])/g, '$1\n'),
    )
    if (fallback !== undefined) items.push(`Default:\n.Ql ${mdocArgument(JSON.stringify(fallback))} .`)
    if (facts.nodeConf) items.push(`In\n.Pa node.conf :\n.Ev ${facts.nodeConf.key} .`)
  }
  return `${items.join('\n')}\n`
}

const mdocArgument = (text: string): string => `"${text.replaceAll('\\', '\\e').replaceAll('"', '\\(dq')}"`
