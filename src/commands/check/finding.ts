import { type Problem, printable } from '../../errors.ts'

/** One mistake, with where it is. */
export interface Finding {
  /** A file, or what was run. */
  readonly place: string
  /** From 1; absent where the mistake has no line. */
  readonly line?: number
  /** From 1, in characters. */
  readonly column?: number
  /** A word from a closed set. */
  readonly reason: string
  /** What to know about it, for people. */
  readonly message: string
}

/** @param key what of the place is wrong, such as `Metrics.jobs.type` */
export const findingOf = (
  { place, reason, expected, got }: Problem & { readonly reason: string },
  key?: string,
): Finding => ({
  place,
  reason,
  message: `${key === undefined ? '' : `${key}: `}expected ${expected}, got ${got}`,
})

/** `place:line:column: reason: message`, as compilers write it and editors read it. */
export const formatFinding = ({ place, line, column, reason, message }: Finding): string =>
  printable(`${[place, line, column].filter((part) => part !== undefined).join(':')}: ${reason}: ${message}`, 1000)
