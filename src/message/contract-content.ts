import { type Contract, type Declaration, graphTypes } from '../contract.ts'
import { metricKinds } from '../metric.ts'
import type { Content } from './content.ts'
import { isName } from './name.ts'
import { formatNumber, parseNumber } from './number.ts'

/** Key in the text and field of the declaration, in the order in which they are written. */
const WORDS = [
  ['metric', 'name'],
  ['kind', 'kind'],
  ['unit', 'unit'],
  ['display_name', 'displayName'],
  ['description', 'description'],
  ['graph_type', 'graphType'],
] as const
const NUMBERS = ['min', 'max', 'warn', 'crit'] as const

/** `metric=heap.used kind=gauge unit=By display_name="Heap used" … max=100`, only what is declared. */
export const contentOfContract = ({ declaration }: Contract): Content => [
  ...WORDS.flatMap(([key, field]) => {
    const word = declaration[field]
    return word === undefined ? [] : [[key, word] as const]
  }),
  ...NUMBERS.flatMap((key) => {
    const number = declaration[key]
    return number === undefined || !Number.isFinite(number) ? [] : [[key, formatNumber(number)] as const]
  }),
]

/** What `contentOfContract` wrote; undefined when a word or number is not of its kind. */
export const readContract = (pairs: ReadonlyMap<string, string>): Omit<Contract, 'timeMs' | 'labels'> | undefined => {
  const fields: Record<string, unknown> = {}
  for (const [key, field] of WORDS) if (pairs.has(key)) fields[field] = pairs.get(key)
  for (const key of NUMBERS) if (pairs.has(key)) fields[key] = parseNumber(pairs.get(key) ?? '')
  return isDeclaration(fields) ? { type: 'contract', declaration: fields } : undefined
}

/** `fields` holds only texts and numbers, each where it belongs. */
const isDeclaration = (fields: {
  readonly [field: string]: unknown
}): fields is Record<string, unknown> & Declaration =>
  typeof fields.name === 'string' &&
  isName(fields.name) &&
  isOneOf(metricKinds, fields.kind) &&
  isOneOf(graphTypes, fields.graphType) &&
  NUMBERS.every((key) => fields[key] === undefined || Number.isFinite(fields[key]))

const isOneOf = (words: readonly unknown[], word: unknown): boolean => word === undefined || words.includes(word)
