import type { Loaded } from './load.ts'
import type { Schema } from './schema.ts'
import { settingsOf } from './settings-tree.ts'

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
