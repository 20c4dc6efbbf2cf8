import type { Gear } from '../../node/gear.ts'

/** A gear and where its home is, absolute and free of links. */
export type Home = readonly [Gear, string]

/** What one gear uses on disk, and how much it may. */
export interface Usage {
  readonly bytes: Amount
  /** Missing where files are not counted. */
  readonly files?: Amount
}

export interface Amount {
  readonly used: number
  /** Missing: there is none. */
  readonly limit?: number
}

/** 0 stands for no limit. */
export const amount = (used: number, limit: number): Amount => (limit > 0 ? { used, limit } : { used })

export type Usages = ReadonlyMap<Gear, Usage>

/** What one source knows: the usage of gears, or why it knows nothing. */
export type Report =
  | {
      readonly status: 'read'
      /** For people: `repquota of /dev/sda1`. */
      readonly source: string
      readonly usages: Usages
      /** What is wrong in it, if anything. */
      readonly fault?: string
    }
  | { readonly status: 'none'; readonly why: string }

export const noReport = (why: string): Report => ({ status: 'none', why })
