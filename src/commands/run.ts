import { UsageError } from '../errors.ts'
import { dryRunEmit } from '../gatherd/dry-run.ts'
import { collectorsFor, listerFor } from '../gatherd/gatherd.ts'
import { Ledger } from '../ledger.ts'
import { silentLogger } from '../logger.ts'
import type { Emit } from '../signal.ts'
import { type Context, nodeSettings } from './context.ts'

/**
 * `oo-metrics run`: the scripts of one gear now, exactly as the daemon would run them.
 * @returns 0 when all went well, 1 when something was said about a failure
 * @throws UsageError when there is no such gear, or it rests
 */
export const run = async (id: string, context: Context): Promise<number> => {
  const settings = nodeSettings(context)
  const { gears } = await listerFor(settings, context.confDir).list()
  const gear = gears.find((candidate) => candidate.id === id)
  if (!gear)
    throw new UsageError(
      `gear ${id}: expected one of ${gears.map((known) => known.id).join(', ') || 'none: there are no gears'}`,
    )
  if (gear.resting) throw new UsageError(`gear ${id} rests: ${gear.resting} (see gears.skip)`)
  const print = dryRunEmit(settings, context.output)
  let failed = false
  const emit: Emit = (signals) => {
    failed ||= signals.some(({ type }) => type === 'event')
    print(signals)
  }
  for (const collector of collectorsFor(settings, { ledger: new Ledger(), logger: silentLogger })) {
    if (collector.name === 'scripts') await collector.collect([gear], emit, context.abort)
  }
  return failed ? 1 : 0
}
