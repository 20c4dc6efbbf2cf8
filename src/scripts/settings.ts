import { availableParallelism } from 'node:os'
import { parseRubyInteger } from '../config/node-conf.ts'
import { type Infer, integer, oneOf, section, text } from '../config/schema.ts'
import { ParseError } from '../errors.ts'

const LONGEST_MS = 3_600_000

// the original took 0 and garbage for "no limit"; here there is always one
const readSeconds = (text: string): number => {
  const seconds = /^\s*\+?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : 0
  const ms = Math.round(seconds * 1000)
  if (ms < 1 || ms > LONGEST_MS) throw new ParseError('seconds above 0 and up to 3600, such as 1.5')
  return ms
}

const readBytes = (text: string): number => {
  const bytes = parseRubyInteger(text)
  if (bytes === undefined) throw new ParseError('a whole number of bytes')
  return bytes
}

export const scriptsSchema = section(
  {
    timeoutMs: integer({
      default: 1000,
      min: 1,
      max: LONGEST_MS,
      doc: 'Longest run of one script, in milliseconds. A manifest may ask for another one in Metrics-Options.',
      nodeConf: { key: 'METRICS_PER_SCRIPT_TIMEOUT', read: readSeconds },
    }),
    gearTimeoutMs: integer({
      default: 3000,
      min: 1,
      max: LONGEST_MS,
      doc: 'Longest time for all scripts of one gear together, in milliseconds.',
      nodeConf: { key: 'METRICS_PER_GEAR_TIMEOUT', read: readSeconds },
    }),
    killDelayMs: integer({
      default: 200,
      min: 0,
      max: 10_000,
      doc: 'Milliseconds from SIGTERM at the limit to SIGKILL.',
    }),
    maxLineBytes: integer({
      default: 2000,
      min: 1,
      max: 65_536,
      doc: 'Longest line, newline included; a longer one is dropped whole and counted.',
      nodeConf: { key: 'METRICS_MAX_LINE_LENGTH', read: readBytes },
    }),
    maxOutputBytes: integer({
      default: 65_536,
      min: 1,
      max: 16_777_216,
      doc: 'Most bytes that one run may write to standard output, and as many to standard error; beyond them it is killed.',
    }),
    maxLines: integer({
      default: 1000,
      min: 1,
      max: 100_000,
      doc: 'Most lines that one run may print; beyond them it is killed.',
    }),
    concurrency: integer({
      default: 0,
      min: 0,
      max: 1000,
      doc: 'Scripts that run at once, over all gears; a gear runs one at a time. 0 means two per CPU, and at least 4.',
    }),
    spawner: oneOf(['auto', 'always', 'never'], {
      default: 'auto',
      doc: 'Whether a small process of its own starts the scripts, which is cheaper and keeps hold of all that they start. auto: the daemon starts them itself as long as there is no spawner; always: they are not run then.',
    }),
    cgroup: text({
      default: '/oo-gather-metrics',
      pattern: /^$|^(\/(?!\.{1,2}(\/|$))[^/]+)+$/,
      doc: 'Path below the root of the unified (v2) cgroup hierarchy where each run gets a cgroup of its own, from which nothing escapes. Empty: none, a run is then held by its process group only.',
    }),
    maxProcesses: integer({
      default: 64,
      min: 32,
      max: 100_000,
      doc: 'Most processes and threads of one run, where the cgroup of the run has the pids controller.',
    }),
  },
  'How scripts of gears are run.',
)
export type ScriptSettings = Infer<typeof scriptsSchema>

/** How many scripts may run at once. */
export const concurrencyOf = ({ concurrency }: Pick<ScriptSettings, 'concurrency'>): number =>
  concurrency > 0 ? concurrency : Math.max(4, 2 * availableParallelism())
