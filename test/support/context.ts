import type { Context, Given } from '../../src/commands/context.ts'

/** A context whose output is kept, for subcommands. */
export const testContext = (given: Given = {}, confDir = '/nonexistent') => {
  const out: string[] = []
  const err: string[] = []
  const context: Context = {
    given,
    confDir,
    output: { out: (text) => void out.push(text), err: (text) => void err.push(text) },
    isTerminal: false,
    colour: false,
    abort: new AbortController().signal,
  }
  return { context, out, err }
}
