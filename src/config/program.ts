import { ConfigError, EXIT_CONFIG } from '../errors.ts'
import { describeLoaded } from './describe.ts'
import { type Loaded, loadSettings, type Sources } from './load.ts'
import type { Infer, Schema } from './schema.ts'

/** What the two daemons' command lines say about settings. */
export interface ConfigOptions {
  readonly checkConfig?: boolean
  readonly printConfig?: boolean
  readonly json?: boolean
}

/** Where a program writes what it was asked for, and what it complains about. */
export interface Output {
  out(text: string): void
  err(text: string): void
}

export const processOutput: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
}

/**
 * Loads settings and runs a program with them, or does only what `--check-config` and `--print-config` ask for.
 * Every error of the settings is printed and gives exit status 78.
 * @returns the exit status
 */
export const runWithSettings = async <S extends Schema>(
  schema: S,
  sources: Sources & { readonly options: ConfigOptions; readonly output: Output },
  run: (loaded: Loaded<Infer<S>>) => Promise<number>,
): Promise<number> => {
  const { options, output } = sources
  try {
    const loaded = loadSettings(schema, sources)
    for (const warning of loaded.warnings) output.err(`warning: ${warning}`)
    if (options.printConfig) printConfig(schema, loaded, { ...options, output })
    else if (options.checkConfig) output.out('settings are good')
    else return await run(loaded)
    return 0
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    output.err(thrown.message)
    return EXIT_CONFIG
  }
}

const printConfig = (
  schema: Schema,
  loaded: Loaded<unknown>,
  { json, output }: ConfigOptions & { output: Output },
): void => {
  const lines = describeLoaded(schema, loaded)
  if (json) output.out(JSON.stringify(lines, undefined, 2))
  else for (const { path, value, origin } of lines) output.out(`${path} = ${JSON.stringify(value)}  # ${origin}`)
}
