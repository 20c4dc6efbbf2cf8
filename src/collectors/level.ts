import { type Figure, gauge, ratio } from './figure.ts'

/** `.usage`, `.limit` and `.utilization` (0 to 1) of one thing; the last two only where there is a limit. */
export const level = (
  name: string,
  unit: string,
  { usage, limit }: { readonly usage: number | undefined; readonly limit: number | undefined },
): readonly Figure[] => [
  gauge(`${name}.usage`, unit, usage),
  gauge(`${name}.limit`, unit, limit),
  gauge(`${name}.utilization`, '1', ratio(usage, limit)),
]
