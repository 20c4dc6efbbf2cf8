import type { Attempt } from './deliver.ts'

/** How a backend has been doing. */
export interface Health {
  readonly isUp: boolean
  /** Attempts that failed. */
  readonly failedWrites: number
  readonly lastError?: string
}

export type HealthChange = 'down' | 'up' | 'broken'

export const healthy: Health = { isUp: true, failedWrites: 0 }

/** A write that was answered means up, even when parts of it were refused; a broken backend stays what it was. */
export const nextHealth = ({ isUp, failedWrites }: Health, result: Attempt): Health => {
  if (result.status === 'written' || result.status === 'refused') return { isUp: true, failedWrites }
  const lastError = result.error.message
  return { isUp: result.status === 'broken' && isUp, failedWrites: failedWrites + 1, lastError }
}

export const changeOf = (before: Health, after: Health, result: Attempt): HealthChange | undefined => {
  if (result.status === 'broken') return 'broken'
  if (before.isUp === after.isUp) return undefined
  return after.isUp ? 'up' : 'down'
}
