import fc from 'fast-check'
import type { Contract } from '../../src/contract.ts'
import type { Event } from '../../src/event.ts'
import type { EncodeOptions } from '../../src/message/frame.ts'
import { isSdName } from '../../src/message/structured-data.ts'
import type { Labels, Metric } from '../../src/metric.ts'

export const TIME_MS = Date.parse('2026-11-21T05:30:00.123Z')

export const LABELS: Labels = new Map([
  ['gear', 'aa11'],
  ['app', 'ap1'],
  ['appName', 'shop'],
  ['ns', 'acme'],
  ['cart', 'php'],
  ['node', 'n1'],
  ['env', 'prod'],
])

export const metric = (name: string, value: number, other: Partial<Metric> = {}): Metric => ({
  type: 'metric',
  name,
  value,
  kind: 'gauge',
  timeMs: TIME_MS,
  labels: LABELS,
  ...other,
})

export const event = (other: Partial<Event> = {}): Event => ({
  type: 'event',
  reason: 'script-failed',
  message: 'metrics of cartridge php failed',
  timeMs: TIME_MS,
  labels: LABELS,
  details: new Map([['exit', '1']]),
  ...other,
})

export const contract = (declaration: Contract['declaration']): Contract => ({
  type: 'contract',
  declaration,
  timeMs: TIME_MS,
  labels: LABELS,
})

export const OPTIONS: EncodeOptions = {
  format: 'rfc5424',
  hostname: 'n1',
  procId: '4711',
  priority: 30,
  metadataKeys: ['appName', 'gear', 'app', 'ns'],
  maxFrameBytes: 8000,
  maxPairBytes: 1024,
}

/** Text that a message can carry: no control characters, no halves of characters. */
export const plainText = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/\p{Cc}/u.test(text))

export const anyLabels: fc.Arbitrary<Labels> = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('gear', 'app', 'appName', 'ns', 'cart', 'node', '__proto__', 'type', 'metric'),
        fc.stringMatching(/^[!-~]{1,32}$/).filter(isSdName),
      ),
      plainText,
    ),
    { selector: ([name]) => name, maxLength: 8 },
  )
  .map((entries) => new Map(entries))
