import { show } from '../config/problems.ts'
import { type Declaration, graphTypes } from '../contract.ts'
import type { Problem } from '../errors.ts'
import { isName } from '../message/name.ts'
import { metricKinds } from '../metric.ts'

/** What `Metrics:` of a manifest declares, by name, and what in it was not understood. */
export interface Declared {
  readonly declarations: ReadonlyMap<string, Declaration>
  readonly findings: readonly Problem[]
}

const MAX_DECLARATIONS = 500
const MAX_TEXT_CHARS = 1000

/**
 * Reads a list of names or a map of name to details. Any other value means that there are metrics of which nothing is
 * known; that, and whatever is odd inside, is a finding, never an error.
 * @param place of `Metrics`, for the findings
 */
export const parseMetrics = (value: unknown, place: string): Declared => {
  const findings: Problem[] = []
  const declarations = new Map<string, Declaration>()
  const find = (at: string, expected: string, got: unknown): void =>
    void findings.push({ place: at, expected, got: show(got) })
  const add = (name: unknown, details: unknown, at: string): void => {
    if (typeof name !== 'string' || !isName(name)) find(at, 'the name of a metric', name)
    else if (declarations.has(name)) find(at, 'each name once', name)
    else if (declarations.size >= MAX_DECLARATIONS) find(at, `at most ${MAX_DECLARATIONS} metrics`, name)
    else declarations.set(name, { name, ...detailsOf(details, at, find) })
  }
  if (Array.isArray(value)) for (const [index, name] of value.entries()) add(name, null, `${place}[${index}]`)
  else if (isMap(value)) for (const [name, details] of Object.entries(value)) add(name, details, `${place}.${name}`)
  else find(place, 'a list of names or a map of names', value)
  return { declarations, findings }
}

type Details = Omit<Declaration, 'name'>
type Find = (at: string, expected: string, got: unknown) => void
type Reader = (value: unknown) => Details | undefined

const reader = (expected: string, read: Reader) => ({ expected, read })
const word = <T extends string>(words: readonly T[], make: (word: T) => Details) =>
  reader(`one of ${words.join(', ')}`, (value) => (words.includes(value as T) ? make(value as T) : undefined))
const line = (make: (text: string) => Details) =>
  reader(`one line of at most ${MAX_TEXT_CHARS} characters`, (value) =>
    typeof value === 'string' && value.length <= MAX_TEXT_CHARS && !/[\p{Cc}\u2028\u2029]/u.test(value)
      ? make(value)
      : undefined,
  )
const number = (make: (value: number) => Details) =>
  reader('a number', (value) => (typeof value === 'number' && Number.isFinite(value) ? make(value) : undefined))

const DETAILS: ReadonlyMap<string, ReturnType<typeof reader>> = new Map([
  ['type', word(metricKinds, (kind) => ({ kind }))],
  [
    'unit',
    // `unit: {thread}` without quotes is a map to YAML
    reader('a UCUM unit without blanks, in quotes where it has braces: "{thread}"', (value) =>
      typeof value === 'string' && /^[!-~]{1,63}$/.test(value) ? { unit: value } : undefined,
    ),
  ],
  ['display_name', line((displayName) => ({ displayName }))],
  ['description', line((description) => ({ description }))],
  ['graph_type', word(graphTypes, (graphType) => ({ graphType }))],
  ['min', number((min) => ({ min }))],
  ['max', number((max) => ({ max }))],
  ['warn', number((warn) => ({ warn }))],
  ['crit', number((crit) => ({ crit }))],
])

const detailsOf = (details: unknown, place: string, find: Find): Details => {
  if (details === null || details === undefined) return {}
  if (!isMap(details)) {
    find(place, 'a map of details', details)
    return {}
  }
  let known: Details = {}
  for (const [key, value] of Object.entries(details)) {
    const detail = DETAILS.get(key)
    const read = detail?.read(value)
    if (read) known = { ...known, ...read }
    else find(`${place}.${key}`, detail?.expected ?? `one of ${[...DETAILS.keys()].join(', ')}`, detail ? value : key)
  }
  const { min, max } = known
  if (min !== undefined && max !== undefined && min > max) find(`${place}.min`, `at most max, ${max}`, min)
  return known
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
