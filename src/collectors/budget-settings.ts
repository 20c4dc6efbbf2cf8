import { type Infer, integer, section } from '../config/schema.ts'

export const budgetsSchema = section(
  {
    pairsPerRound: integer({
      default: 10_000,
      min: 1,
      max: 10_000_000,
      doc: 'Most metrics that the scripts of one gear may print in a round.',
    }),
    linesPerRound: integer({
      default: 5000,
      min: 1,
      max: 10_000_000,
      doc: 'Most lines that they may print in a round, over all scripts of the gear; scripts.maxLines bounds each run.',
    }),
    bytesPerRound: integer({
      default: 1_048_576,
      min: 1,
      max: 1_073_741_824,
      doc: 'Most bytes of these lines; scripts.maxOutputBytes bounds each run.',
    }),
    series: integer({
      default: 1000,
      min: 1,
      max: 100_000,
      doc: 'Most different series (a name with its labels) of one gear within seriesWindowSeconds. Known series go on, new ones are dropped.',
    }),
    labelValues: integer({
      default: 100,
      min: 1,
      max: 100_000,
      doc: 'Most different values of one label name, in one gear within seriesWindowSeconds.',
    }),
    seriesWindowSeconds: integer({
      default: 3600,
      min: 60,
      max: 86_400,
      doc: 'How long a series or a value that is printed no more still counts, at most; at least half of it.',
    }),
  },
  'What one gear may print. What goes beyond is dropped and counted, and an event tells who it was.',
)
export type BudgetSettings = Infer<typeof budgetsSchema>

export const backoffSchema = section(
  {
    afterFailures: integer({
      default: 3,
      min: 1,
      max: 1000,
      doc: 'Failed runs of a script in a row after which rounds are left out: 1, then 2, 4, 8 and so on. A success, or a changed script or manifest, ends that.',
    }),
    maxRounds: integer({
      default: 60,
      min: 0,
      max: 10_000,
      doc: 'Most rounds that are left out between two attempts; 0 means that none is ever left out.',
    }),
  },
  'Scripts that keep failing.',
)
export type BackoffSettings = Infer<typeof backoffSchema>
