/** One stage's account: `in` = `out` + sum of `dropped` + what it still holds. */
export interface Account {
  readonly in: number
  readonly out: number
  readonly dropped: ReadonlyMap<string, number>
}

interface OpenAccount {
  in: number
  out: number
  readonly dropped: Map<string, number>
}

/**
 * Who took how many in, passed how many on and dropped how many for which reason, by stage and gear.
 * Every drop in the program goes through `drop`, so that the books can be balanced.
 */
export class Ledger {
  readonly #stages = new Map<string, Map<string, OpenAccount>>()

  /** @param gear id of the gear, or '' for what belongs to none */
  received(stage: string, gear: string, count = 1): void {
    this.#open(stage, gear).in += count
  }

  passed(stage: string, gear: string, count = 1): void {
    this.#open(stage, gear).out += count
  }

  /** @param reason a word from a closed set of the stage's own */
  drop(stage: string, gear: string, reason: string, count = 1): void {
    const { dropped } = this.#open(stage, gear)
    dropped.set(reason, (dropped.get(reason) ?? 0) + count)
  }

  /** The accounts of all gears of a stage added up. */
  total(stage: string): Account {
    const sum: OpenAccount = { in: 0, out: 0, dropped: new Map() }
    for (const account of this.#stages.get(stage)?.values() ?? []) addTo(sum, account)
    return sum
  }

  /** Every account with its stage and gear, in order of first entry. */
  *accounts(): Generator<{ readonly stage: string; readonly gear: string; readonly account: Account }> {
    for (const [stage, gears] of this.#stages) {
      for (const [gear, account] of gears) yield { stage, gear, account }
    }
  }

  /** Folds the accounts of gears that are gone into '', so that the books stay balanced and bounded. */
  retain(gears: ReadonlySet<string>): void {
    for (const [stage, accounts] of this.#stages) {
      for (const [gear, account] of accounts) {
        if (gear === '' || gears.has(gear)) continue
        accounts.delete(gear)
        addTo(this.#open(stage, ''), account)
      }
    }
  }

  #open(stage: string, gear: string): OpenAccount {
    const gears = this.#stages.get(stage) ?? new Map<string, OpenAccount>()
    this.#stages.set(stage, gears)
    const account = gears.get(gear) ?? { in: 0, out: 0, dropped: new Map<string, number>() }
    gears.set(gear, account)
    return account
  }
}

const addTo = (sum: OpenAccount, account: Account): void => {
  sum.in += account.in
  sum.out += account.out
  for (const [reason, count] of account.dropped) sum.dropped.set(reason, (sum.dropped.get(reason) ?? 0) + count)
}
