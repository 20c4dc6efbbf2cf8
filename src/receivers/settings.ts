import { boolean, integer, text } from '../config/schema.ts'

const MAX_FRAME_BYTES = 65_536

export const enabled = (isUsual: boolean) => boolean({ default: isUsual, doc: 'Whether this way in is open.' })

export const attribution = (isUsual: boolean) =>
  boolean({
    default: isUsual,
    doc: 'Whether attribution (gear, app, appName, ns, cart, node) is believed that comes in as structured data. Only where nobody but the gatherer can send.',
  })

export const host = text({ default: '127.0.0.1', doc: 'Address to listen on.' })

export const port = integer({ default: 5514, min: 0, max: 65_535, doc: 'Port to listen on; 0 takes a free one.' })

export const maxFrameBytes = integer({
  default: MAX_FRAME_BYTES,
  min: 480,
  max: 1_048_576,
  doc: 'Longest syslog message, in bytes.',
})

/** What every stream receiver can be told. */
export const streamLimits = {
  maxFrameBytes,
  maxConnections: integer({
    default: 256,
    min: 1,
    max: 65_535,
    doc: 'Most connections at once; further ones are closed and counted.',
  }),
  frameTimeoutMs: integer({
    default: 30_000,
    min: 10,
    max: 3_600_000,
    doc: 'Longest wait for the rest of a message that has begun; then the connection is closed.',
  }),
}

export interface StreamLimits {
  readonly maxFrameBytes: number
  readonly maxConnections: number
  readonly frameTimeoutMs: number
}
