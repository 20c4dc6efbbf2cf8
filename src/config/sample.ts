import type { Facts, Schema } from './schema.ts'
import { type Setting, settingsOf, type Variant, variantsOf } from './settings-tree.ts'
import { wrap } from './wrap.ts'

const WIDTH = 118

/** The settings as a YAML file in which every key is explained and commented out with its default. */
export const renderSample = (schema: Schema): string => {
  const lines: string[] = []
  for (const setting of settingsOf(schema)) {
    const { path, facts, isSection } = setting
    const indent = '  '.repeat(path.length - 1)
    if (isSection && path.length === 1) lines.push('')
    lines.push(...docLines(facts, `${indent}# `))
    lines.push(isSection ? `${indent}${path.at(-1)}:` : `${indent}# ${keyLine(setting)}`)
    lines.push(...variantsOf(setting.schema).flatMap((variant) => exampleOf(variant, `${indent}#   `)))
  }
  return `${lines.join('\n').trim()}\n`
}

const keyLine = ({ path, fallback }: Setting): string =>
  `${path.at(-1)}: ${fallback === undefined ? '' : JSON.stringify(fallback)}`.trimEnd()

const docLines = ({ doc, nodeConf }: Facts, prefix: string): string[] =>
  wrap(nodeConf ? `${doc} (node.conf: ${nodeConf.key})` : doc, WIDTH - prefix.length).map((line) => prefix + line)

/** What an entry of this kind can be told; all of it is a comment. */
const exampleOf = ({ kind, doc, settings }: Variant, prefix: string): string[] => [
  ...docLines({ doc }, prefix),
  `${prefix}kind: ${kind}`,
  ...settings.flatMap((setting) => {
    const inner = `${prefix}${'  '.repeat(setting.path.length - 1)}`
    const key = setting.isSection ? `${setting.path.at(-1)}:` : keyLine(setting)
    return [...docLines(setting.facts, `${inner}# `), inner + key]
  }),
]
