/** The words of a line, whatever blanks stand between them. */
export const wordsOf = (line: string): string[] => line.split(/\s+/).filter((word) => word !== '')

/** The number that a word of digits stands for. */
export const wholeNumber = (word: string | undefined): number | undefined =>
  word !== undefined && /^\d+$/.test(word) ? Number(word) : undefined

/** @returns undefined unless there are at least `least` words and all of them are whole numbers */
export const wholeNumbers = (words: readonly string[], least: number): readonly number[] | undefined => {
  const numbers = words.map(wholeNumber).filter((number) => number !== undefined)
  return numbers.length === words.length && numbers.length >= least ? numbers : undefined
}
