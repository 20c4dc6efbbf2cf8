import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { UsageError } from '../errors.ts'
import { type CheckedCartridge, checkCartridge } from './check/cartridge.ts'
import { formatFinding } from './check/finding.ts'
import { checkText, scriptRules } from './check/lines.ts'
import { checkManifestFile } from './check/manifest.ts'
import { type Context, nodeSettings } from './context.ts'

/**
 * `oo-metrics check`: a cartridge's directory, a manifest, or (`-`) lines of metrics.
 * @returns 0 when nothing is wrong, else 1
 * @throws UsageError when there is nothing to check at `path`
 */
export const check = async (path: string, context: Context): Promise<number> => {
  const { output, given } = context
  const { findings, isSilent = false } = await checkPath(path, context)
  const count = findings.length
  if (given.json) output.out(JSON.stringify(findings, undefined, 2))
  else {
    for (const finding of findings) output.out(formatFinding(finding))
    if (isSilent) output.out(`${path}: nothing was printed: is it running?`)
    output.out(count === 0 ? `${path}: good` : `${path}: ${count} ${count === 1 ? 'mistake' : 'mistakes'}`)
  }
  return count === 0 ? 0 : 1
}

type Checked = Pick<CheckedCartridge, 'findings'> & Partial<CheckedCartridge>

const checkPath = async (path: string, context: Context): Promise<Checked> => {
  const settings = nodeSettings(context)
  if (path === '-') {
    const rules = scriptRules(settings.gears)
    return checkText(await buffer(process.stdin), '-', { rules, maxLineBytes: settings.scripts.maxLineBytes })
  }
  const absolute = resolve(path)
  if (!existsSync(absolute))
    throw new UsageError(`${path}: expected a cartridge directory, a manifest or -, got nothing there`)
  if (!statSync(absolute).isDirectory()) return { findings: checkManifestFile(absolute, settings.gears.manifest) }
  if (!existsSync(join(absolute, 'metadata'))) {
    throw new UsageError(`${path}: expected a cartridge directory with metadata/manifest.yml, or a manifest`)
  }
  return checkCartridge(realpathSync(absolute), { settings, confDir: context.confDir })
}
