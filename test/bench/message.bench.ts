import { decodeFrame } from '../../src/message/decode.ts'
import { encodeFrames } from '../../src/message/frame.ts'
import { parseMetricLine } from '../../src/message/metric-line.ts'
import type { Metric } from '../../src/metric.ts'

interface Row {
  readonly what: string
  readonly perSecond: number
  /** Against the simple baseline of the same run. */
  readonly ratio?: number
}

/** Decoding of one frame or line at a time, one core, against the regular expression and `split` that one would write first. */
export const bench: { readonly name: string; run(): Promise<{ rows: Row[] }> } = {
  name: 'message',
  run: async () => ({
    rows: [
      ...compare('frames of 3 pairs, attributed', FRAMES, {
        ours: (frame) => decodeFrame(frame, { mayAttribute: true, nowMs: 0 }),
        simple: simpleFrame,
      }),
      ...compare('frames of 3 pairs, pushed', PUSHED, {
        ours: (frame) => decodeFrame(frame, { mayAttribute: false, nowMs: 0 }),
        simple: simplePushed,
      }),
      ...compare('metric lines of 3 pairs', LINES, {
        ours: (line) => parseMetricLine(line, { typeRequired: false, reserved: RESERVED }),
        simple: simpleLine,
      }),
    ],
  }),
}

const RESERVED = new Set(['gear', 'app', 'appName', 'ns', 'cart', 'node'])
const GEARS = 100

const gearMetrics = (index: number): Metric[] => {
  const gear = `gear-${index}-0123456789abcdef`
  const labels = new Map([
    ['gear', gear],
    ['app', gear],
    ['appName', 'shop'],
    ['ns', 'acme'],
    ['cart', 'php'],
    ['node', 'node1.example'],
  ])
  const common = {
    type: 'metric',
    kind: 'gauge',
    timeMs: 1_763_703_000_123 + index,
    labels,
    collector: 'cartridge',
  } as const
  return [
    { ...common, name: 'thread.count', value: 5 + index },
    { ...common, name: 'heap.used', value: 12_345_678 + index, unit: 'By' },
    { ...common, name: 'load', value: index / 100 },
  ]
}

const FRAMES = Array.from(
  { length: GEARS },
  (_, index) =>
    encodeFrames(gearMetrics(index), {
      format: 'rfc5424',
      hostname: 'node1.example',
      procId: '4711',
      priority: 30,
      metadataKeys: [],
      maxFrameBytes: 8000,
      maxPairBytes: 1024,
    }).frames[0]!.bytes,
)
const LINES = Array.from({ length: GEARS }, (_, index) =>
  Buffer.from(`type=metric thread.count=${5 + index} heap.used=${12_345_678 + index} load=${index / 100}`),
)
const PUSHED = LINES.map((line) =>
  Buffer.from(`<30>1 2026-11-21T05:30:00.123Z node1.example app 4711 - - ${line.toString()}`),
)

const HEADER = /^<(\d+)>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\])+) (.*)$/s
const PARAM = /([^ =[\]"]+)="((?:[^"\\]|\\.)*)"/g

const simpleFrame = (frame: Buffer): unknown => {
  const [, , time = '', , , , , data = '', text = ''] = HEADER.exec(frame.toString()) ?? []
  const labels = new Map([...data.matchAll(PARAM)].map(([, name, value]) => [name, value]))
  return simplePairs(text).map((pair) => ({ ...pair, timeMs: Date.parse(time), labels }))
}

const simplePushed = (frame: Buffer): unknown => {
  const [, , time = '', , , , , , text = ''] = HEADER.exec(frame.toString()) ?? []
  return simplePairs(text).map((pair) => ({ ...pair, timeMs: Date.parse(time) }))
}

const simpleLine = (line: Buffer): unknown => simplePairs(line.toString())

const simplePairs = (text: string): { name: string; value: number }[] =>
  text
    .split(/\s+/)
    .map((word) => /^([A-Za-z_][\w.:/-]*)=([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.exec(word))
    .filter((match) => match !== null)
    .map(([, name = '', value]) => ({ name, value: Number(value) }))

type Parse = (input: Buffer) => unknown

const compare = (
  what: string,
  inputs: readonly Buffer[],
  parsers: { readonly ours: Parse; readonly simple: Parse },
): Row[] => {
  const baseline = perSecond(inputs, parsers.simple)
  const ours = perSecond(inputs, parsers.ours)
  const bytes = Math.round(inputs.reduce((sum, input) => sum + input.length, 0) / inputs.length)
  return [
    { what: `${what} (${bytes} bytes)`, perSecond: ours, ratio: ours / baseline },
    { what: `${what}, regular expression and split`, perSecond: baseline },
  ]
}

const ROUNDS = 9
const ROUND_MS = 150

/** The best of several rounds: what disturbs a round can only slow it down. */
const perSecond = (inputs: readonly Buffer[], parse: Parse): number =>
  Math.max(...Array.from({ length: ROUNDS }, () => oneRound(inputs, parse)))

const oneRound = (inputs: readonly Buffer[], parse: Parse): number => {
  const startMs = performance.now()
  let count = 0
  while (performance.now() - startMs < ROUND_MS) {
    for (let turn = 0; turn < 50; turn += 1) for (const input of inputs) parse(input)
    count += 50 * inputs.length
  }
  return (count * 1000) / (performance.now() - startMs)
}
