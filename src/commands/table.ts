import { printable } from '../errors.ts'

const BOLD = '\u001b[1m'
const PLAIN = '\u001b[0m'
/** Perhaps with a unit behind it, or nothing at all. */
const NUMBER = /^(-?[\d.,]+(e[+-]?\d+)?[A-Za-z%]*)?$/

/**
 * Rows under headings in columns that line up, numbers to the right; the heading is bold when `colour` is set.
 * @returns lines without blanks at their ends
 */
export const renderTable = (
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { colour = false } = {},
): string[] => {
  const clean = rows.map((row) => row.map((cell) => printable(cell)))
  const widths = headings.map((heading, at) => Math.max(heading.length, ...clean.map((row) => row[at]?.length ?? 0)))
  const right = headings.map((_, at) => clean.length > 0 && clean.every((row) => NUMBER.test(row[at] ?? '')))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (right[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd()
  const head = line(headings)
  return [colour ? BOLD + head + PLAIN : head, ...clean.map(line)]
}
