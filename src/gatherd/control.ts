import type { GearMemories } from '../collectors/gear-memory.ts'
import { type ScriptState, scriptStates } from '../collectors/script-states.ts'
import { type ControlServer, openControl } from '../control/server.ts'
import type { Ledger } from '../ledger.ts'
import type { Logger } from '../logger.ts'
import type { GatherdSettings } from './settings.ts'

export interface ControlParts {
  /** Those of now. */
  readonly settings: () => GatherdSettings
  readonly memories: GearMemories
  readonly ledger: Ledger
  readonly logger: Logger
}

/** One account of the books, as it is told. */
export interface AccountState {
  readonly stage: string
  /** '' for what belongs to none. */
  readonly gear: string
  readonly in: number
  readonly out: number
  readonly dropped: readonly (readonly [reason: string, count: number])[]
}

/** Opens the daemon's control socket: `scripts` and `ledger` can be asked. */
export const openGatherdControl = async (parts: ControlParts): Promise<ControlServer | undefined> => {
  const { settings, memories, ledger, logger } = parts
  const { enabled, socket } = settings().control
  const scripts = (): readonly ScriptState[] => scriptStates(memories, roundMsOf(settings()))
  const handlers = new Map<string, () => unknown>([
    ['scripts', scripts],
    ['ledger', () => accountsOf(ledger)],
  ])
  return enabled ? openControl({ path: socket, handlers, logger }) : undefined
}

const roundMsOf = ({ gather }: GatherdSettings): number | undefined =>
  gather.cron === undefined ? gather.intervalSeconds * 1000 : undefined

const accountsOf = (ledger: Ledger): readonly AccountState[] =>
  [...ledger.accounts()].map(({ stage, gear, account }) => ({
    stage,
    gear,
    in: account.in,
    out: account.out,
    dropped: [...account.dropped],
  }))
