const NUMBER = /^-?\d+(\.\d+)?$/

/** The number that a text is, blanks around it ignored; undefined for `max` and everything else. */
export const numberIn = (text: string | undefined): number | undefined => {
  const word = text?.trim() ?? ''
  return NUMBER.test(word) ? Number(word) : undefined
}

/** Lines of a key and a number: `nr_periods 10`. Others are left out. */
export const keyedIn = (text: string | undefined): ReadonlyMap<string, number> =>
  new Map(
    (text ?? '').split('\n').flatMap((line) => {
      const [key = '', word, ...more] = line.trim().split(/\s+/)
      const value = numberIn(word)
      return value === undefined || more.length > 0 ? [] : [[key, value] as const]
    }),
  )

/** In seconds, bytes or whatever `perUnit` of the kernel's units make one of. */
export const scaled = (value: number | undefined, perUnit: number): number | undefined =>
  value === undefined ? undefined : value / perUnit
