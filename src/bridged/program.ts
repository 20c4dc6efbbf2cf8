import { Command, CommanderError } from 'commander'
import { packageVersion } from '../package-version.ts'
import type { StartOptions } from './start.ts'

interface OmprogOptions {
  readonly socket: string
  readonly confirm: boolean
}

const USUAL_FILE = '/etc/openshift/oo-metrics-bridge.yml'
const USUAL_SOCKET = '/run/oo-metrics-bridge/syslog.sock'
const USAGE_STATUS = 2

/** The program oo-metrics-bridge(8). @returns its exit status */
export const runBridgeProgram = async (argv: readonly string[]): Promise<number> => {
  let status = 0
  const program = defineProgram((exitStatus) => {
    status = exitStatus
  })
  try {
    await program.parseAsync(argv)
    return status
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : USAGE_STATUS
    throw thrown
  }
}

// each command loads only what it needs: rsyslogd may start several omprog helpers
const defineProgram = (end: (status: number) => void): Command => {
  const program = new Command('oo-metrics-bridge')
    .description('Takes metrics from syslog to backends, and serves them over HTTP.')
    .version(packageVersion())
    .option('-c, --config <file>', `settings file (default: ${USUAL_FILE}, if it exists)`)
    .option('--check-config', 'only say whether the settings are good')
    .option('--print-config', 'only print every setting with its value and where that comes from')
    .option('--json', 'with --print-config: as JSON')
    .allowExcessArguments(false)
    .exitOverride()
    .action(async (options: StartOptions) => end(await (await import('./start.ts')).start(options)))
  program
    .command('omprog')
    .description("what rsyslogd's omprog action starts: hands messages from standard input to the running bridge")
    .option('--socket <path>', "the bridge's Unix socket", USUAL_SOCKET)
    .option('--no-confirm', 'answer nothing, for an action without confirmMessages')
    .allowExcessArguments(false)
    .action(async (options: OmprogOptions) => end(await startOmprog(options)))
  return program
}

const startOmprog = async ({ socket, confirm }: OmprogOptions): Promise<number> => {
  const { runOmprog } = await import('./omprog.ts')
  return runOmprog({ socketPath: socket, confirm, input: process.stdin, output: process.stdout })
}
