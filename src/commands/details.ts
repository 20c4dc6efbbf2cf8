import { printable } from '../errors.ts'
import { type BridgeClient, bridgeOf } from './bridge-client.ts'
import type { Context } from './context.ts'
import { renderTable } from './table.ts'

/** One figure as the DC/OS metrics API tells it. */
export interface Datapoint {
  readonly name: string
  readonly value: number | string
  readonly unit: string
  /** RFC 3339. */
  readonly timestamp: string
  readonly tags?: Readonly<Record<string, string>>
}

interface Message {
  readonly datapoints: readonly Datapoint[]
}

/**
 * Everything the bridge knows of a gear: what was measured of it, then what it says of itself.
 * @returns undefined when there is nothing
 */
export const readDetails = async (bridge: BridgeClient, gear: string): Promise<readonly Datapoint[] | undefined> => {
  const path = `/v0/containers/${encodeURIComponent(gear)}`
  const answers = [await bridge.get(path), await bridge.get(`${path}/app`)] as (Message | undefined)[]
  const datapoints = answers.flatMap((answer) => answer?.datapoints ?? [])
  return datapoints.length > 0 ? datapoints : undefined
}

const BINARY_PREFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const

const formatBytes = (bytes: number): string => {
  const power = bytes === 0 ? 0 : Math.floor(Math.log2(Math.abs(bytes)) / 10)
  const at = Math.min(Math.max(power, 0), BINARY_PREFIXES.length - 1)
  return `${at === 0 ? bytes : (bytes / 1024 ** at).toFixed(2)}${BINARY_PREFIXES[at]}B`
}

/** For people: bytes with a binary prefix, everything that is not whole with two decimals. */
export const formatValue = ({ value, unit }: Datapoint): string => {
  if (typeof value === 'string') return printable(value)
  if (unit === 'bytes') return formatBytes(value)
  const text = Number.isInteger(value) ? String(value) : value.toFixed(2)
  return unit === 'percent' ? `${text}%` : text
}

export const formatTags = ({ tags = {} }: Datapoint): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

const renderDetails = (datapoints: readonly Datapoint[], { colour = false } = {}): string[] =>
  renderTable(
    ['NAME', 'VALUE', 'UNIT', 'TIMESTAMP', 'TAGS'],
    datapoints.map((datapoint) => [
      datapoint.name,
      formatValue(datapoint),
      datapoint.unit,
      datapoint.timestamp,
      formatTags(datapoint),
    ]),
    { colour },
  )

/** `oo-metrics details`: everything the bridge knows of a gear. @returns 0, or 1 when it knows nothing */
export const details = async (gear: string, context: Context): Promise<number> => {
  const { given, output, colour } = context
  const datapoints = await readDetails(bridgeOf(context), gear)
  if (!datapoints) {
    output.err(`gear ${gear}: no metrics found`)
    return 1
  }
  if (given.json) output.out(JSON.stringify(datapoints, undefined, 2))
  else for (const line of renderDetails(datapoints, { colour })) output.out(line)
  return 0
}
