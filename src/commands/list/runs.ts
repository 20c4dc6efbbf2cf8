import type { ScriptState } from '../../collectors/script-states.ts'
import { askControl } from '../../control/client.ts'
import type { ControlSettings } from '../../control/settings.ts'
import type { Gear, Script } from '../../node/gear.ts'
import { renderTable } from '../table.ts'

/** How scripts fare, as the running daemon tells it. */
export interface Runs {
  of(gear: Gear, script: Script): RunState | undefined
}
type RunState = Pick<ScriptState, 'failures' | 'roundsLeft' | 'dueMs' | 'last'>

/** @returns undefined when no daemon can be asked @throws ControlError */
export const askRuns = async ({ enabled, socket }: ControlSettings): Promise<Runs | undefined> => {
  const answered = enabled ? await askControl(socket, 'scripts') : undefined
  if (!answered) return undefined
  const states = Array.isArray(answered.answer) ? answered.answer.filter(isState) : []
  const byKey = new Map(states.map((state) => [keyOf(state.gear, state), stateOf(state)]))
  return { of: (gear, script) => byKey.get(keyOf(gear.id, script)) }
}

/** The daemon may be of another version than we are. */
const isState = (value: unknown): value is ScriptState => {
  const { gear, path, args, failures, roundsLeft } = Object(value) as Partial<ScriptState>
  return (
    typeof gear === 'string' &&
    typeof path === 'string' &&
    Array.isArray(args) &&
    typeof failures === 'number' &&
    typeof roundsLeft === 'number'
  )
}

const keyOf = (gear: string, { path, args }: Pick<Script, 'path' | 'args'>): string =>
  JSON.stringify([gear, path, ...args])

const stateOf = ({ failures, roundsLeft, dueMs, last }: ScriptState): RunState => ({
  failures,
  roundsLeft,
  ...(dueMs !== undefined && { dueMs }),
  ...(last && { last }),
})

const HEADINGS = ['GEAR', 'SCRIPT', 'LAST RUN', 'FAILURES', 'LEFT OUT', 'NEXT RUN', 'STDERR']

/** Scripts whose last run was a bad one: who, why, and when each is tried again. @returns nothing when there is none */
export const renderTroubled = (gears: readonly Gear[], runs: Runs | undefined, { colour = false } = {}): string[] => {
  const rows = gears.flatMap((gear) =>
    gear.scripts.flatMap((script) => {
      const run = runs?.of(gear, script)
      return run && run.failures > 0 ? [rowOf(gear, script, run)] : []
    }),
  )
  return rows.length > 0 ? ['', ...renderTable(HEADINGS, rows, { colour })] : []
}

const rowOf = ({ id }: Gear, { cart, kind }: Script, run: RunState): readonly string[] => [
  id,
  cart ?? kind,
  describeLast(run),
  String(run.failures),
  run.roundsLeft > 0 ? `${run.roundsLeft} rounds` : '',
  run.dueMs === undefined ? '' : new Date(run.dueMs).toISOString(),
  run.last?.stderr.split('\n').at(-1) ?? '',
]

const describeLast = ({ last }: RunState): string => {
  if (!last) return ''
  const { result, exitCode, signal, notStarted } = last
  const why = notStarted ?? signal ?? (result === 'failed' && exitCode !== undefined ? `status ${exitCode}` : undefined)
  return why === undefined ? result : `${result}: ${why}`
}
