/**
 * Reads the text of OpenShift's node.conf (also resource_limits.conf): `KEY=value` lines, `#` comments, `[section]` headings.
 * Two traps of the original reader are mended: a `#` inside quotes belongs to the value, and only quotes that match are
 * taken off. `\:` still stands for `:`; a later duplicate wins; an empty value is a value; `export KEY=value` sets KEY.
 * @returns keys outside any section as they are, keys of a section as `section/KEY`
 */
export const parseNodeConf = (text: string): Map<string, string> => {
  const values = new Map<string, string>()
  let prefix = ''
  for (const raw of text.replace(/^\ufeff/, '').split('\n')) {
    const line = raw.trim()
    const heading = /^\[([^\]]*)\]/.exec(line)
    if (heading) {
      prefix = `${heading[1]!.trim()}/`
      continue
    }
    const equals = line.indexOf('=')
    if (line.startsWith('#') || equals < 1) continue
    const key = line
      .slice(0, equals)
      .trim()
      .replace(/^export\s+/, '')
    values.set(prefix + key, readValue(line.slice(equals + 1).trim()))
  }
  return values
}

const readValue = (text: string): string => {
  const quoted = /^(["'])(.*?)\1\s*(#.*)?$/.exec(text)
  const value = quoted ? quoted[2]! : text.replace(/\s*#.*$/, '')
  return value.replaceAll('\\:', ':')
}

/**
 * An integer as the original read it (Ruby's `Integer()`): `45`, `-3`, `0x1e`, `010` (octal), `0b11`, `1_000`, blanks around.
 * @returns undefined for anything else
 */
export const parseRubyInteger = (text: string): number | undefined => {
  const match = /^([+-]?)(0x|0b|0o|0)?([0-9a-f]+(?:_[0-9a-f]+)*)$/i.exec(text.trim())
  if (!match) return /^[+-]?0$/.test(text.trim()) ? 0 : undefined
  const [, sign, prefix, digits] = match as unknown as [string, string, string | undefined, string]
  const base = { '0x': 16, '0b': 2, '0o': 8, '0': 8 }[prefix?.toLowerCase() ?? ''] ?? 10
  const plain = digits.replaceAll('_', '')
  const allowed = { 16: /^[0-9a-f]+$/i, 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/ }[base]!
  if (!allowed.test(plain)) return undefined
  const value = Number.parseInt(plain, base)
  return sign === '-' ? 0 - value : value
}
