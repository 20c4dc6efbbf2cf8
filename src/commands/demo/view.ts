import { systemClock } from '../../clock.ts'
import type { Output } from '../../config/program.ts'
import { printable } from '../../errors.ts'
import type { BridgeClient } from '../bridge-client.ts'
import { type Datapoint, formatTags, formatValue, readDetails } from '../details.ts'
import { renderTable } from '../table.ts'

export interface View {
  readonly bridge: BridgeClient
  readonly abort: AbortSignal
  readonly output: Output
  /** Redraws a table; without it each arrival is a plain line. */
  readonly isTerminal: boolean
  /** Lines that stand above the table. */
  readonly title: readonly string[]
}

const EVERY_MS = 1000
const HOME_AND_CLEAR = '\u001b[H\u001b[J'

/** Shows what has arrived at the bridge, again each second, until it is aborted. @throws BridgeError when the bridge has gone */
export const showArrivals = async (view: View): Promise<void> => {
  const seen = new Map<string, string>()
  while (!view.abort.aborted) {
    const arrivals = await readArrivals(view.bridge)
    if (view.isTerminal) drawTable(view, arrivals)
    else printNew(view, arrivals, seen)
    await systemClock.sleep(EVERY_MS, view.abort)
  }
}

interface Arrival {
  readonly gear: string
  readonly datapoint: Datapoint
}

const readArrivals = async (bridge: BridgeClient): Promise<readonly Arrival[]> => {
  const gears = ((await bridge.get('/v0/containers')) as readonly string[] | undefined) ?? []
  const details = gears
    .toSorted()
    .map(async (gear) => ((await readDetails(bridge, gear)) ?? []).map((datapoint) => ({ gear, datapoint })))
  // what a gear says of itself is what the demo is about
  return (await Promise.all(details)).flatMap((its) => [...its.filter(isOwn), ...its.filter((one) => !isOwn(one))])
}

const HEADINGS = ['GEAR', 'METRIC', 'VALUE', 'UNIT', 'LABELS', 'TIME']

const isOwn = ({ datapoint }: Arrival): boolean => datapoint.tags?.cart !== undefined

const drawTable = ({ output, title }: View, arrivals: readonly Arrival[]): void => {
  const rows = process.stdout.rows || 24
  const columns = process.stdout.columns || 80
  const gears = [...Map.groupBy(arrivals, ({ gear }) => gear)]
  const room = rows - title.length - 3
  const rowsOfAll = gears.flatMap(([gear, its]) => rowsOf(gear, its, Math.max(2, Math.floor(room / gears.length))))
  const [head = '', ...body] = renderTable(HEADINGS, rowsOfAll, { colour: true })
  const lines = [...title, '', head, ...body.slice(0, room)]
  output.out(HOME_AND_CLEAR + lines.map((line) => (line === head ? line : line.slice(0, columns))).join('\n'))
}

/** Each gear gets its share of the screen, so that none is missing. */
const rowsOf = (gear: string, arrivals: readonly Arrival[], most: number): readonly (readonly string[])[] => {
  const shown = arrivals.length > most ? arrivals.slice(0, most - 1) : arrivals
  const rows = shown.map(({ datapoint }) => [
    gear,
    datapoint.name,
    formatValue(datapoint),
    datapoint.unit,
    formatTags(datapoint),
    datapoint.timestamp.slice(11, 19),
  ])
  const hidden = arrivals.length - shown.length
  return hidden > 0 ? [...rows, [gear, `… ${hidden} more`, '', '', '', '']] : rows
}

/** One line for each datapoint that is new since the last look. */
const printNew = ({ output }: View, arrivals: readonly Arrival[], seen: Map<string, string>): void => {
  for (const { gear, datapoint } of arrivals) {
    const tags = formatTags(datapoint)
    const key = `${gear} ${datapoint.name} ${tags}`
    if (seen.get(key) === datapoint.timestamp) continue
    seen.set(key, datapoint.timestamp)
    output.out(
      printable(
        `${datapoint.timestamp} ${gear} ${datapoint.name}=${datapoint.value} ${datapoint.unit} ${tags}`.trimEnd(),
      ),
    )
  }
}
