import type { Schema } from './schema.ts'
import { type Setting, settingsOf, variantsOf } from './settings-tree.ts'
import { wrap } from './wrap.ts'

const WIDTH = 78

/** The settings as mdoc(7) list items for a man page. */
export const renderManItems = (schema: Schema): string =>
  `${[...settingsOf(schema)].flatMap((setting) => itemOf(setting, '')).join('\n')}\n`

const itemOf = (setting: Setting, owner: string): string[] => {
  const { path, facts, fallback, isSection } = setting
  const name = owner + path.join('.')
  const variants = variantsOf(setting.schema).flatMap(({ kind, doc, settings }) => [
    `.It Va ${name}.*.kind : Li ${kind}`,
    ...sentences(doc),
    ...settings.flatMap((inner) => itemOf(inner, `${name}.*.`)),
  ])
  if (isSection) return variants
  return [
    `.It Va ${name}`,
    ...sentences(facts.doc),
    ...(fallback === undefined ? [] : ['Default:', `.Ql ${argument(JSON.stringify(fallback))} .`]),
    ...(facts.nodeConf ? ['In', '.Pa node.conf :', `.Ev ${facts.nodeConf.key} .`] : []),
    ...variants,
  ]
}

/** New sentence, new line; a line that begins with a dot or a quote would be a request. */
const sentences = (doc: string): string[] =>
  doc
    .replaceAll('\\', '\\e')
    .split(/(?<=[.!?]) (?=[A-Z])/)
    .flatMap((sentence) => wrap(sentence, WIDTH))
    .map((line) => line.replace(/^[.']/, '\\&$&'))

const argument = (text: string): string => `"${text.replaceAll('\\', '\\e').replaceAll('"', '\\(dq')}"`
