import { Command, CommanderError } from 'commander'
import { processOutput } from '../config/program.ts'
import { ConfigError, EXIT_CONFIG, GatherError, UsageError } from '../errors.ts'
import { confDirOf } from '../gatherd/settings.ts'
import { packageVersion } from '../package-version.ts'
import type { Context, Given } from './context.ts'

const USAGE_STATUS = 2
const FAILED_STATUS = 1

const OPTIONS: Readonly<Record<keyof Given, readonly [flags: string, description: string]>> = {
  config: [
    '-c, --config <file>',
    "the gatherer's settings (default: oo-gather-metrics.yml beside node.conf, if it exists)",
  ],
  bridgeConfig: [
    '--bridge-config <file>',
    "the bridge's settings (default: oo-metrics-bridge.yml beside node.conf, if it exists)",
  ],
  url: ['--url <url>', "address of the bridge's HTTP API (default: from its settings)"],
  tokenFile: ['--token-file <file>', 'file with the token for it (default: from its settings)'],
  timeout: ['--timeout <seconds>', 'how long to wait for what was sent (default: 10)'],
  json: ['--json', 'print JSON'],
  root: ['--root <dir>', 'work below this directory, as for an image; no command of the system is run'],
  dryRun: ['--dry-run', 'only say what would be done'],
  remove: ['--remove', 'take back what setup has done'],
}

interface Subcommand {
  readonly name: string
  readonly description: string
  readonly argument?: readonly [name: string, description: string]
  readonly options: readonly (keyof Given)[]
  /** Loads what it needs only when it is called. @returns the exit status */
  readonly run: (context: Context, argument: string) => Promise<number>
}

/** To add a subcommand: its file beside this one, its entry here, its section in man/oo-metrics.1. */
const subcommands: readonly Subcommand[] = [
  {
    name: 'check',
    description: 'check a cartridge: its manifest, what its script prints, and whether both agree',
    argument: ['<path>', 'a cartridge directory, a manifest, or - for lines on standard input'],
    options: ['config', 'json'],
    run: async (context, path) => (await import('./check.ts')).check(path, context),
  },
  {
    name: 'run',
    description: 'run the scripts of one gear now, as the daemon would, and print their lines',
    argument: ['<gear>', 'id of a gear'],
    options: ['config'],
    run: async (context, gear) => (await import('./run.ts')).run(gear, context),
  },
  {
    name: 'list',
    description: 'list the gears of this node, what would be run in them, and what is wrong',
    options: ['config', 'json'],
    run: async (context) => (await import('./list.ts')).list(context),
  },
  {
    name: 'details',
    description: 'show every metric that the bridge knows of a gear',
    argument: ['<gear>', 'id of a gear'],
    options: ['bridgeConfig', 'url', 'tokenFile', 'json'],
    run: async (context, gear) => (await import('./details.ts')).details(gear, context),
  },
  {
    name: 'doctor',
    description: 'send one marked metric from a gear through to each backend, and name the hop that broke',
    options: ['config', 'bridgeConfig', 'url', 'tokenFile', 'timeout', 'json'],
    run: async (context) => (await import('./doctor.ts')).doctor(context),
  },
  {
    name: 'setup',
    description: 'set up this node: user, units, directories, rsyslog rules, settings',
    options: ['root', 'dryRun', 'remove', 'json'],
    run: async ({ given, output }) => {
      const { dryRun = false, remove = false, json = false, root } = given
      if (root === '') throw new UsageError('--root: expected a directory, got nothing')
      return (await import('./setup.ts')).setup(
        { dryRun, remove, json, ...(root === undefined ? {} : { root }) },
        output,
      )
    },
  },
  {
    name: 'demo',
    description: 'run the whole path on sample gears in a temporary directory, and show what arrives',
    options: [],
    run: async (context) => (await import('./demo.ts')).demo(context),
  },
]

/** The program oo-metrics(1). @returns its exit status */
export const runProgram = async (argv: readonly string[], environment = process.env): Promise<number> => {
  const isTerminal = process.stdout.isTTY === true
  const surroundings = {
    confDir: confDirOf(environment),
    output: processOutput,
    isTerminal,
    colour: isTerminal && !environment.NO_COLOR,
    abort: untilTold(),
  }
  let status = 0
  const program = new Command('oo-metrics')
    .description('Checks, runs, shows and sets up what oo-gather-metrics and oo-metrics-bridge do.')
    .version(packageVersion())
    .exitOverride()
  for (const subcommand of subcommands) {
    define(program, subcommand, async (given, argument) => {
      status = await subcommand.run({ ...surroundings, given }, argument)
    })
  }
  try {
    await program.parseAsync(argv)
    return status
  } catch (thrown) {
    return failed(thrown)
  }
}

const define = (
  program: Command,
  subcommand: Subcommand,
  run: (given: Given, argument: string) => Promise<void>,
): void => {
  const command = program.command(subcommand.name).description(subcommand.description).allowExcessArguments(false)
  for (const [flags, description] of subcommand.options.map((option) => OPTIONS[option]))
    command.option(flags, description)
  if (subcommand.argument)
    command
      .argument(subcommand.argument[0], subcommand.argument[1])
      .action((argument: string, given: Given) => run(given, argument))
  else command.action((given: Given) => run(given, ''))
}

/** Fires at Ctrl-C, SIGTERM, or when nobody reads the output any more. */
const untilTold = (): AbortSignal => {
  const told = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => told.abort())
  process.stdout.on('error', () => told.abort()) // who read us has gone: end in good order as well
  return told.signal
}

const failed = (thrown: unknown): number => {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : USAGE_STATUS
  if (!(thrown instanceof GatherError)) throw thrown
  processOutput.err(thrown.message)
  if (thrown instanceof ConfigError) return EXIT_CONFIG
  return thrown.code === 'usage' ? USAGE_STATUS : FAILED_STATUS
}
