import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { loadSettings } from '../config/load.ts'
import { type ConfigOptions, type Output, processOutput, runWithSettings } from '../config/program.ts'
import { runService } from '../control/service.ts'
import { createLogger, type Logger } from '../logger.ts'
import { packageVersion } from '../package-version.ts'
import { dryRunEmit } from './dry-run.ts'
import { createGatherd, gatherOnce } from './gatherd.ts'
import { confDirOf, type GatherdSettings, gatherdSchema } from './settings.ts'

interface Options extends ConfigOptions {
  readonly config?: string
  readonly once?: boolean
  readonly dryRun?: boolean
}

const USAGE_STATUS = 2

/** The program oo-gather-metrics(8). @returns its exit status */
export const runGatherProgram = async (argv: readonly string[], environment = process.env): Promise<number> => {
  const confDir = confDirOf(environment)
  const usual = join(confDir, 'oo-gather-metrics.yml')
  const program = gatherCommand(usual)
  try {
    program.parse(argv)
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : USAGE_STATUS
    throw thrown
  }
  const options = program.opts<Options>()
  const sources = { file: options.config ?? (existsSync(usual) ? usual : undefined), confDir }
  return runWithSettings(gatherdSchema, { ...sources, options, output: processOutput }, ({ settings }) => {
    const logger = createLogger(settings.log)
    if (options.once || options.dryRun) return once(settings, { confDir, logger, output: processOutput, ...options })
    const readAgain = (): GatherdSettings => loadSettings(gatherdSchema, sources).settings
    return runDaemon(settings, { confDir, logger, readAgain })
  })
}

const gatherCommand = (usual: string): Command =>
  new Command('oo-gather-metrics')
    .description('Gathers metrics from the gears of this node and writes them to syslog.')
    .version(packageVersion())
    .option('-c, --config <file>', `settings file (default: ${usual}, if it exists)`)
    .option('--once', 'do one round now, without offsets, and end')
    .option(
      '--dry-run',
      'print lines instead of sending them: metrics to standard output, the rest to standard error; implies --once',
    )
    .option('--check-config', 'only say whether the settings are good')
    .option('--print-config', 'only print every setting with its value and where that comes from')
    .option('--json', 'with --print-config: as JSON')
    .allowExcessArguments(false)
    .exitOverride()

interface OnceOptions {
  readonly confDir: string
  readonly logger: Logger
  readonly output: Output
  readonly dryRun?: boolean
}

const once = async (settings: GatherdSettings, { confDir, logger, output, dryRun }: OnceOptions): Promise<number> => {
  if (!settings.gather.enabled) {
    logger.info('gather.enabled is false: nothing is gathered')
    return 0
  }
  const emit = dryRun ? dryRunEmit(settings, output) : undefined
  const { report, sent } = await gatherOnce(settings, { confDir, logger }, emit)
  if (!sent) logger.error('syslog does not take the lines of this round')
  return report.broken.length === 0 && sent ? 0 : 1
}

interface DaemonOptions {
  readonly confDir: string
  readonly logger: Logger
  /** @throws ConfigError */
  readonly readAgain: () => GatherdSettings
}

const runDaemon = (settings: GatherdSettings, { confDir, logger, readAgain }: DaemonOptions): Promise<number> => {
  const daemon = createGatherd(settings, { confDir, logger })
  const start = async (): Promise<undefined> => {
    daemon.start()
    return undefined
  }
  return runService({ start, reload: () => daemon.reload(readAgain()), stop: () => daemon.stop() }, logger)
}
