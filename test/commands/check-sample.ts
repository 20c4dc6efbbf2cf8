import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from '../../src/commands/check.ts'
import { testContext } from '../support/context.ts'

export const MANIFEST = `Name: demo
Cartridge-Short-Name: DEMO
Cartridge-Vendor: example
Version: '1'
Metrics:
  thread.count: {type: gauge, unit: '{thread}'}
  jobs: {type: counter}
`

export const GOOD_SCRIPT = `#!/bin/sh
echo type=metric thread.count=5
echo jobs=7
`

export interface Sample {
  readonly manifest?: string
  readonly script?: string
  readonly mode?: number
  /** Files of `env/`. */
  readonly env?: Readonly<Record<string, string>>
}

/** A cartridge as its author would have it. */
export const writeCartridge = (
  directory: string,
  { manifest = MANIFEST, script = GOOD_SCRIPT, mode = 0o755, env = {} }: Sample,
): string => {
  for (const folder of ['metadata', 'bin', 'env']) mkdirSync(join(directory, folder), { recursive: true })
  writeFileSync(join(directory, 'metadata/manifest.yml'), manifest)
  writeFileSync(join(directory, 'bin/control'), script)
  chmodSync(join(directory, 'bin/control'), mode)
  for (const [name, value] of Object.entries(env)) writeFileSync(join(directory, 'env', name), value)
  return handOver(directory)
}

export const copyCartridge = (from: string, directory: string): string => {
  cpSync(from, directory, { recursive: true })
  return handOver(directory)
}

const NOBODY = 65_534

/** As root a cartridge is given to a user, as scripts never run as root. */
const handOver = (directory: string): string => {
  chmodSync(directory, 0o755)
  if (process.getuid?.() === 0)
    for (const name of ['', ...readdirSync(directory)]) chownSync(join(directory, name), NOBODY, NOBODY)
  return directory
}

/** Checks a path. @param settings text of a settings file @returns what was said, with `root/` taken out of it */
export const checkIn = async (
  root: string,
  path: string,
  { settings, json = false }: { readonly settings?: string; readonly json?: boolean } = {},
): Promise<{ readonly status: number; readonly lines: readonly string[] }> => {
  const config = join(root, 'settings.yml')
  if (settings !== undefined) writeFileSync(config, settings)
  const { context, out } = testContext({ json, ...(settings === undefined ? {} : { config }) }, join(root, 'conf'))
  const status = await check(path, context)
  return { status, lines: out.map((line) => line.replaceAll(`${root}/`, '')) }
}
