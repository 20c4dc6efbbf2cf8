import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { messageOf, ParseError, type Problem } from '../../errors.ts'
import type { LineRules } from '../../message/metric-line.ts'
import type { Script } from '../../node/gear.ts'
import { type Manifest, parseManifest } from '../../node/manifest.ts'
import { createScriptRunner } from '../../scripts/run.ts'
import type { ScriptRun, Who } from '../../scripts/script-run.ts'
import type { ScriptSettings } from '../../scripts/settings.ts'
import { compare } from './compare.ts'
import type { Finding } from './finding.ts'
import { LineChecker } from './lines.ts'

export interface CartridgeRules {
  readonly rules: LineRules
  readonly scripts: ScriptSettings
  readonly minUid: number
}

/** Everything that is wrong with a manifest. */
export const checkManifest = (
  file: string,
): { readonly manifest?: Manifest; readonly findings: readonly Finding[] } => {
  try {
    const { manifest, findings } = parseManifest(readFileSync(file, 'utf8'), { place: file })
    return { manifest, findings: findings.map((problem) => manifestFinding(file, problem)) }
  } catch (thrown) {
    const found = thrown instanceof ParseError ? manifestError(file, thrown.message) : unreadable(file, thrown)
    return { findings: [found] }
  }
}

const manifestFinding = (file: string, { place, expected, got }: Problem): Finding => ({
  place: file,
  reason: 'manifest-invalid',
  message: `${place.slice(file.length + 2)}: expected ${expected}, got ${got}`,
})

/** The message of a YAML error begins with file, line and column. */
const manifestError = (file: string, message: string): Finding => {
  const [, line, column, rest] = /^:(\d+):(\d+): (.*)$/s.exec(message.slice(file.length)) ?? []
  const position = line === undefined ? {} : { line: Number(line), column: Number(column) }
  return { place: file, ...position, reason: 'manifest-invalid', message: rest ?? message.replace(`${file}: `, '') }
}

const unreadable = (place: string, thrown: unknown): Finding => ({
  place,
  reason: 'unreadable',
  message: messageOf(thrown),
})

/** Checks manifest and script of a cartridge's directory, running the script as the daemon would. */
export const checkCartridge = async (directory: string, given: CartridgeRules): Promise<readonly Finding[]> => {
  const file = join(directory, 'metadata/manifest.yml')
  const { manifest, findings } = checkManifest(file)
  if (!manifest) return findings
  if (!manifest.hasMetrics) {
    const message = 'expected Metrics, got a manifest without it: nothing is ever run'
    return [...findings, { place: file, reason: 'no-metrics', message }]
  }
  const entry = entryPoint(directory)
  if ('reason' in entry) return [...findings, entry]
  const script = scriptOf(directory, manifest, entry)
  const { run, checker } = await runOnce(script, directory, given)
  const name = [entry.path, ...entry.args].join(' ')
  const compared =
    run.outcome === 'succeeded' ? compare(manifest.declarations, checker.printed, { manifest: file, script: name }) : []
  return [...findings, ...runFindings(name, run, given.scripts), ...checker.findings, ...compared]
}

interface Entry {
  readonly path: string
  readonly args: readonly string[]
}

const entryPoint = (directory: string): Entry | Finding => {
  const [old, control] = [join(directory, 'bin/metrics'), join(directory, 'bin/control')]
  if (faultOf(old) === undefined) return { path: old, args: [] }
  const fault = faultOf(control)
  return fault === undefined ? { path: control, args: ['metrics'] } : { place: control, ...fault }
}

const faultOf = (path: string): { readonly reason: string; readonly message: string } | undefined => {
  try {
    if (!statSync(path).isFile()) return { reason: 'script-not-a-file', message: 'expected a regular file' }
    accessSync(path, constants.X_OK)
    return undefined
  } catch (thrown) {
    const isThere = (thrown as NodeJS.ErrnoException).code === 'EACCES'
    return isThere
      ? { reason: 'script-not-executable', message: 'expected an execute bit: chmod +x' }
      : { reason: 'script-missing', message: 'expected bin/control (or bin/metrics), got nothing' }
  }
}

const scriptOf = (directory: string, manifest: Manifest, { path, args }: Entry): Script => {
  const variable = `OPENSHIFT_${manifest.name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_DIR`
  return {
    kind: 'cartridge',
    cart: manifest.name,
    path,
    args,
    cwd: directory,
    environment: new Map([
      ['PATH', '/usr/local/bin:/usr/bin:/bin'],
      ['HOME', dirname(directory)],
      [variable, `${directory}/`],
    ]),
    declarations: manifest.declarations,
    ...(manifest.timeoutMs === undefined ? {} : { timeoutMs: manifest.timeoutMs }),
  }
}

const NOBODY = 65_534

/** As root a script is run as the owner of its directory, or as nobody where that is not allowed. */
const whoRuns = (directory: string, minUid: number): Who => {
  const { uid, gid } = statSync(directory)
  if (process.getuid?.() !== 0) return { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
  return uid >= minUid ? { uid, gid: gid || uid } : { uid: NOBODY, gid: NOBODY }
}

const runOnce = async (script: Script, directory: string, { rules, scripts, minUid }: CartridgeRules) => {
  const checker = new LineChecker(`${basename(directory)}: output`, rules)
  const run = await createScriptRunner({ minUid })(script, whoRuns(directory, minUid), {
    limits: { ...scripts, timeoutMs: script.timeoutMs ?? scripts.timeoutMs },
    abort: new AbortController().signal,
    onLine: (line) => checker.take(line),
  })
  return { run, checker }
}

const runFindings = (
  place: string,
  run: ScriptRun,
  { timeoutMs, maxLineBytes }: ScriptSettings,
): readonly Finding[] => {
  const stderr = run.stderrTail.trim().split('\n').at(-1)
  const said = stderr ? `; it said: ${stderr}` : ''
  const findings: Finding[] = []
  const find = (reason: string, message: string): void => void findings.push({ place, reason, message })
  if (run.outcome === 'not-started') find('script-not-started', `${run.notStarted}${said}`)
  if (run.outcome === 'timed-out') find('script-timed-out', `expected an end within ${timeoutMs} ms${said}`)
  if (run.outcome === 'failed' && run.output === 'whole') {
    find('script-failed', `expected exit status 0, got ${run.signal ?? run.exitCode}${said}`)
  }
  if (run.output !== 'whole') find('script-output-cut', `it printed more than the limit (${run.output})`)
  if (run.linesTooLong > 0) find('too-long', `${run.linesTooLong} line(s) over ${maxLineBytes} bytes were dropped`)
  return findings
}
