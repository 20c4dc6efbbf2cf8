/** Means over 1, 5 and 15 minutes of the threads that run, can run, or wait for a disk. */
export type Load = readonly [number, number, number]

/** `loadavg`: `2.00 3.61 2.30 1/112 4506`. */
export const parseLoad = (text: string): Load | undefined => {
  const [, one, five, fifteen] = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text) ?? []
  return one && five && fifteen ? [Number(one), Number(five), Number(fifteen)] : undefined
}

/** Seconds since boot, from `uptime`: `5020.82 8456.47`. */
export const parseUptime = (text: string): number | undefined => {
  const [, seconds] = /^(\d+\.\d+) /.exec(text) ?? []
  return seconds === undefined ? undefined : Number(seconds)
}
