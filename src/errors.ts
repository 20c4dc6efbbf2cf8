/** Base of every error that carries a decision for its catcher; `code` says which. */
export abstract class GatherError extends Error {
  abstract readonly code: 'config' | 'parse' | 'script' | 'backend' | 'usage'
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** One thing wrong in a file of settings, a manifest or a line. */
export interface Problem {
  /** Where: a file with position, or a dotted path into the settings. */
  readonly place: string
  readonly expected: string
  /** What came instead, shortened for printing. */
  readonly got: string
}

/** `place: expected …, got …`, control characters made visible. */
export const describeProblem = ({ place, expected, got }: Problem): string =>
  printable(`${place}: expected ${expected}, got ${got}`)

/** The settings cannot be used: stop the start with exit status 78, or keep the running ones on reload. */
export class ConfigError extends GatherError {
  readonly code = 'config'
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'))
    this.problems = problems
  }
}

/** The command line cannot be understood, or asks for what is not there: exit status 2. */
export class UsageError extends GatherError {
  readonly code = 'usage'
}

/** Text is not in its format: drop this piece and count it. */
export class ParseError extends GatherError {
  readonly code = 'parse'
}

/** A backend could not take a batch now: try again later. */
export class BackendError extends GatherError {
  readonly code = 'backend'
}

/** sysexits(3): the settings are wrong. */
export const EXIT_CONFIG = 78

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Makes foreign text safe for one line of a terminal or a log: control characters become escapes, long text is cut. */
export const printable = (text: string, maxChars = 400): string =>
  (text.length > maxChars ? `${text.slice(0, maxChars)}…` : text).replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (char) => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
