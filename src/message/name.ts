import { remember } from './remember.ts'

/** Longest name of a metric, in bytes. */
export const MAX_NAME_BYTES = 200

const NAME = /^[A-Za-z_][A-Za-z0-9_.:/-]*$/

/** Names of metrics and of an author's labels: `heap.permgen.size`, `cpuacct.usage_percpu.0`. */
export const isName = (text: string, maxBytes = MAX_NAME_BYTES): boolean => text.length <= maxBytes && NAME.test(text)

const KEPT_NAMES = 10_000

/** The text if it is a metric's name, as one string for all its uses; else undefined. */
export const knownName = remember(KEPT_NAMES, (text) => (isName(text) ? text : undefined))
