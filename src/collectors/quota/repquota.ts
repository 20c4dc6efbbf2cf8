import type { Gear } from '../../node/gear.ts'
import type { RunTool } from './run-tool.ts'
import { amount, noReport, type Report, type Usage } from './usage.ts'

/** Usage by repquota(8), of all users of a device in one go. @param device such as `/dev/sda1` */
export const readRepquota = async (
  gears: readonly Gear[],
  { device, run, abort }: { readonly device: string; readonly run: RunTool; readonly abort: AbortSignal },
): Promise<Report> => {
  const ran = await run('repquota', ['-p', device], abort)
  if (ran.status === 'failed') return noReport(ran.why)
  if (ran.exitCode !== 0) return noReport(`repquota ended with status ${ran.exitCode}: ${lastLine(ran.stderr)}`)
  const { rows, fault } = parseRepquota(ran.stdout)
  const source = `repquota of ${device}`
  return { status: 'read', source, usages: new Map(pairUp(rows, gears)), ...(fault !== undefined && { fault }) }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** One user of the report. */
export interface QuotaRow {
  /** Login name, which may be all digits, or a uid that has none. */
  readonly owner: string | number
  readonly usage: Usage
}

/**
 * Reads the report of repquota(8): user, two flags, then used, soft limit, hard limit and grace of blocks (1 KiB) and the
 * same of files. The hard limits are taken; 0 means none. Without `-p` a grace that does not run is no column at all.
 * @returns its rows; what is wrong with the first one that could not be read
 */
export const parseRepquota = (report: string): { readonly rows: readonly QuotaRow[]; readonly fault?: string } => {
  const rows: QuotaRow[] = []
  let fault: string | undefined
  for (const line of report.split('\n')) {
    const [name, flags, ...columns] = line.trim().split(/\s+/)
    // headings and rules have no flags
    if (name === undefined || flags === undefined || !/^[+-]{2}$/.test(flags)) continue
    const usage = usageIn(columns, flags)
    if (usage) rows.push({ owner: /^#\d+$/.test(name) ? Number(name.slice(1)) : name, usage })
    else fault ??= `user ${name}: expected 6 to 8 columns of numbers, got ${columns.join(' ')}`
  }
  return { rows, ...(fault !== undefined && { fault }) }
}

const usageIn = (columns: readonly string[], flags: string): Usage | undefined => {
  // the flags tell which graces run, hence which columns there are without -p
  const [hasBlockGrace, hasFileGrace] = columns.length === 8 ? [true, true] : [flags[0] === '+', flags[1] === '+']
  if (columns.length !== 6 + Number(hasBlockGrace) + Number(hasFileGrace)) return undefined
  const files = columns.slice(hasBlockGrace ? 4 : 3)
  const words = [columns[0], columns[2], files[0], files[2]].filter((word) => /^\d+$/.test(word ?? ''))
  if (words.length < 4) return undefined
  const [blocksUsed = 0, blocksLimit = 0, filesUsed = 0, filesLimit = 0] = words.map(Number)
  return { bytes: amount(blocksUsed * 1024, blocksLimit * 1024), files: amount(filesUsed, filesLimit) }
}

function* pairUp(rows: readonly QuotaRow[], gears: readonly Gear[]): Generator<[Gear, Usage]> {
  const byOwner = new Map(rows.map(({ owner, usage }) => [owner, usage]))
  for (const gear of gears) {
    const usage = byOwner.get(gear.uid) ?? byOwner.get(gear.user ?? gear.id)
    if (usage) yield [gear, usage]
  }
}
