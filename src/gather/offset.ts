import { createHash } from 'node:crypto'

/**
 * Where in a round a gear has its turn: the same in every round and after every restart, so that each gear is measured at
 * even distances, and different between gears, so that they do not all start at once.
 * @returns milliseconds after the start of the round, 0 ≤ offset < spreadMs (0 when spreadMs is 0)
 */
export const offsetOf = (gearId: string, spreadMs: number): number =>
  Math.floor((createHash('sha256').update(gearId).digest().readUInt32BE(0) / 2 ** 32) * spreadMs)
