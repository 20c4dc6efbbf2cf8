import { attributionLabels, type Labels } from '../metric.ts'

/** What the text of a message begins with; old rules look for it. */
export type TextType = 'metric' | 'event' | 'contract'

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * A value as it stands behind `name=`: bare where that is clear, else in double quotes with `\"`, `\\`, `\n`, `\r` and `\t`.
 * No control character is left: others than these become U+FFFD.
 */
export const formatValue = (value: string): string =>
  /[\s"=\\\p{Cc}]/u.test(value) ? `"${value.replace(/["\\\p{Cc}]/gu, (char) => ESCAPES[char] ?? '\ufffd')}"` : value

export const formatPair = (name: string, value: string): string => `${name}=${formatValue(value)}`

const ATTRIBUTION: ReadonlySet<string> = new Set(attributionLabels)

/**
 * `type=metric cart=php appName=shop gear=aa11 … label.env=prod`: the classic head of a line, then the author's labels.
 * @param metadataKeys keys of METRICS_METADATA in their order; one without a label is written empty, as it always was
 */
export const formatHead = (type: TextType, labels: Labels, metadataKeys: readonly string[]): string => {
  const words = [`type=${type}`]
  const cart = labels.get('cart')
  if (cart !== undefined) words.push(formatPair('cart', cart))
  for (const key of metadataKeys) words.push(formatPair(key, labels.get(key) ?? ''))
  for (const [name, value] of labels) {
    if (!ATTRIBUTION.has(name) && !metadataKeys.includes(name)) words.push(formatPair(`label.${name}`, value))
  }
  return words.join(' ')
}
