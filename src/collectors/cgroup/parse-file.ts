import { isName } from '../../message/name.ts'
import type { Figure } from '../figure.ts'
import { numberIn } from './values.ts'

/** One number of a cgroup file under its classic name. */
export interface Pair {
  readonly name: string
  readonly value: number
  /** `device` (`8:0`) and `operation` (`read`) of block I/O. */
  readonly labels?: NonNullable<Figure['labels']>
}

/**
 * Reads any file of a cgroup, v1 or v2, and names its numbers as the original did from the output of cgget(1):
 * `cpu.shares=128`, `cpu.stat.nr_periods=10`, `cpuacct.usage_percpu.0=5`. What it took wrongly is mended: block I/O has its
 * device and operation as labels, each node of numa_stat a name of its own. Words (`THAWED`, `max`) are no metrics.
 */
export const parseCgroupFile = (file: string, text: string): readonly Pair[] => {
  const rows = text
    .split('\n')
    .map((line) => line.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0)
  const [only] = rows
  if (!only) return []
  const pairs = rows.length === 1 ? parseOnly(file, only) : rows.flatMap((words) => parseRow(file, words))
  return pairs.filter(({ name }) => isName(name))
}

/** Files of two numbers whose meaning is only in their order. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = { 'cpu.max': ['quota', 'period'] }

/** A file of one line may be a list of numbers. */
const parseOnly = (file: string, words: readonly string[]): readonly Pair[] => {
  const columns = COLUMNS[file]
  if (columns) return columns.flatMap((column, at) => pairOf(`${file}.${column}`, words[at]))
  const isList = words.every((word) => numberIn(word) !== undefined)
  if (isList && (words.length > 1 || file.includes('_percpu'))) {
    return words.flatMap((word, at) => pairOf(`${file}.${at}`, word))
  }
  return words.length === 1 ? pairOf(file, words[0]) : parseRow(file, words)
}

const DEVICE = /^\d+:\d+$/

const parseRow = (file: string, words: readonly string[]): readonly Pair[] => {
  const [first = '', ...rest] = words
  if (DEVICE.test(first)) return parseDevice(file, first, rest)
  const assigned = words.map(splitAssignment)
  // `total=10 N0=10` of numa_stat in v1; `some avg10=0.00 total=0`, `anon N0=10` of v2
  if (assigned.every((pair) => pair !== undefined)) return parseAssigned(file, assigned)
  if (rest.length === 1 && numberIn(first) === undefined) return pairOf(`${file}.${first}`, rest[0])
  return rest.flatMap((word) => {
    const [key, value] = splitAssignment(word) ?? []
    return key === undefined ? [] : pairOf(`${file}.${first}.${key}`, value)
  })
}

type Assignment = readonly [string, string]

const splitAssignment = (word: string): Assignment | undefined => {
  const at = word.indexOf('=')
  return at < 1 ? undefined : [word.slice(0, at), word.slice(at + 1)]
}

/** The first is the sum, the others are its parts. */
const parseAssigned = (file: string, [sum, ...parts]: readonly Assignment[]): readonly Pair[] => {
  if (!sum) return []
  const [name, value] = sum
  return [...pairOf(`${file}.${name}`, value), ...parts.flatMap(([part, of]) => pairOf(`${file}.${name}.${part}`, of))]
}

/** `8:0 Read 123`, `8:0 123`, `8:0 rbytes=1 wbytes=2`. The total of a device is only the sum of its operations. */
const parseDevice = (file: string, device: string, words: readonly string[]): readonly Pair[] => {
  const labels = { device }
  const [first = '', second, ...more] = words
  if (second === undefined && numberIn(first) !== undefined) return pairOf(file, first, labels)
  if (second !== undefined && more.length === 0 && /^[A-Za-z]+$/.test(first)) {
    return first === 'Total' ? [] : pairOf(file, second, { device, operation: first.toLowerCase() })
  }
  return words.flatMap((word) => {
    const [key, value] = splitAssignment(word) ?? []
    return key === undefined ? [] : pairOf(`${file}.${key}`, value, labels)
  })
}

const pairOf = (name: string, word: string | undefined, labels?: Pair['labels']): readonly Pair[] => {
  const value = numberIn(word)
  return value === undefined ? [] : [{ name, value, ...(labels && { labels }) }]
}
