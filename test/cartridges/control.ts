import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseMetricLine } from '../../src/message/metric-line.ts'
import { parseManifest } from '../../src/node/manifest.ts'

export interface Answer {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** A copy of one of our sample cartridges that may be run. */
export const copyCartridge = (name: string): string => {
  const directory = mkdtempSync(join(tmpdir(), `oo-${name}-`))
  cpSync(join('cartridges', name), directory, { recursive: true })
  return directory
}

/** Runs `bin/control ACTION` as the platform would: in the cartridge, with nothing but the given environment. */
export const control = (
  cartridge: string,
  action: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  new Promise((resolve) => {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment }
    execFile(
      join(cartridge, 'bin/control'),
      [action],
      { cwd: cartridge, env, timeout: 15_000 },
      (error, stdout, stderr) => resolve({ status: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    )
  })

/** Every pair of what a script printed, and whether any was refused. */
export const readMetrics = (stdout: string): { values: Map<string, number>; refused: number } => {
  const values = new Map<string, number>()
  let refused = 0
  for (const line of stdout.split('\n')) {
    const parsed = parseMetricLine(Buffer.from(line), { typeRequired: false, reserved: new Set() })
    refused += parsed.refused.length
    const suffix = [...parsed.labels].map(([key, value]) => `{${key}=${value}}`).join('')
    for (const { name, value } of parsed.pairs) values.set(name + suffix, value)
  }
  return { values, refused }
}

export const manifestOf = (name: string): ReturnType<typeof parseManifest> => {
  const place = `cartridges/${name}/metadata/manifest.yml`
  return parseManifest(readFileSync(place, 'utf8'), { place })
}
