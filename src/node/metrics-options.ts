import { isMap } from './declarations.ts'

/** What a cartridge asks for in `Metrics-Options`, inside the admin's bounds. */
export interface MetricsOptions {
  readonly intervalMs?: number
  readonly timeoutMs?: number
}

/** What an admin grants. */
export interface ManifestBounds {
  readonly minIntervalSeconds: number
  readonly maxIntervalSeconds: number
  readonly maxTimeoutMs: number
}

type Find = (key: string, expected: string, got: unknown) => void

/**
 * Reads `Metrics-Options: {Interval, Timeout}`, both seconds. What lies outside the bounds is taken to the nearest one.
 * @param find is told what is odd, with the key as `.Interval`, or '' for the whole
 */
export const optionsOf = (options: unknown, bounds: ManifestBounds | undefined, find: Find): MetricsOptions => {
  if (options === undefined || options === null) return {}
  if (!isMap(options)) {
    find('', 'a map of Interval and Timeout', options)
    return {}
  }
  const { Interval, Timeout, ...unknown } = options
  for (const key of Object.keys(unknown)) find(`.${key}`, 'Interval or Timeout', key)
  const { minIntervalSeconds = 0, maxIntervalSeconds = Infinity, maxTimeoutMs = Infinity } = bounds ?? {}
  const intervalMs = milliseconds(Interval, [minIntervalSeconds, maxIntervalSeconds], (...odd) =>
    find('.Interval', ...odd),
  )
  const timeoutMs = milliseconds(Timeout, [0, maxTimeoutMs / 1000], (...odd) => find('.Timeout', ...odd))
  return {
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}

const milliseconds = (
  seconds: unknown,
  [min, max]: readonly [number, number],
  find: (expected: string, got: unknown) => void,
): number | undefined => {
  if (seconds === undefined || seconds === null) return undefined
  if (typeof seconds !== 'number' || !(seconds > 0) || !Number.isFinite(seconds)) {
    find('a number of seconds above 0', seconds)
    return undefined
  }
  if (seconds < min || seconds > max) find(`from ${min} to ${max} seconds, as this node grants`, seconds)
  return Math.ceil(Math.min(max, Math.max(min, seconds)) * 1000)
}
