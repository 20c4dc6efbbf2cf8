import type { Contract } from './contract.ts'
import type { Event } from './event.ts'
import type { Metric } from './metric.ts'

/** All that travels through the house. */
export type Signal = Metric | Event | Contract

/**
 * Hands signals to the next stage. What is handed over in one call belongs together, like the pairs of one printed line:
 * it is of one gear, and travels in one message where it fits. Never throws, never waits.
 */
export type Emit = (signals: readonly Signal[]) => void
