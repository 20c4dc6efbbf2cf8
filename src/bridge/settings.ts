import { type Infer, integer, section } from '../config/schema.ts'

export const bridgeSchema = section(
  {
    batchMetrics: integer({ default: 500, min: 1, max: 100_000, doc: 'Most metrics that a backend gets at once.' }),
    batchDelayMs: integer({ default: 200, min: 0, max: 60_000, doc: 'Longest wait for a batch to fill.' }),
    queueMetrics: integer({
      default: 200_000,
      min: 1,
      doc: 'Most metrics that wait for one backend; the oldest beyond are dropped and counted.',
    }),
    queueBytes: integer({
      default: 64 * 1024 * 1024,
      min: 65_536,
      doc: 'Most memory, as estimated, that waiting metrics of one backend take.',
    }),
    writeTimeoutMs: integer({ default: 10_000, min: 1, doc: 'Longest wait for a backend to take a batch.' }),
    retryFirstMs: integer({
      default: 500,
      min: 1,
      doc: 'Pause after the first failed write; each further one is twice as long.',
    }),
    retryLongestMs: integer({ default: 60_000, min: 1, doc: 'Longest pause between attempts.' }),
    seenFrames: integer({
      default: 100_000,
      min: 1,
      doc: 'How many ids of messages are remembered to drop those that come twice.',
    }),
    counterSeries: integer({
      default: 200_000,
      min: 1,
      doc: 'How many counters are remembered to work out their increase.',
    }),
    counterExpireSeconds: integer({
      default: 3600,
      min: 1,
      doc: 'How long a counter that sends nothing is remembered.',
    }),
    drainMs: integer({ default: 5000, min: 0, doc: 'Longest time at the end to hand over what still waits.' }),
  },
  'What happens between the ways in and the ways out.',
)
export type BridgeSettings = Infer<typeof bridgeSchema>
