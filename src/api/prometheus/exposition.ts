import type { Labels } from '../../metric.ts'
import { sanitizeLabel } from './name.ts'

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

type FamilyType = 'gauge' | 'counter'

export interface FamilyFacts {
  /** A legal name. */
  readonly name: string
  readonly type: FamilyType
  readonly help: string
}

/** Why a series is not shown: another family has its name and another type, or its labels are those of another one. */
export type NotShown = 'type-conflict' | 'duplicate'

interface Family extends FamilyFacts {
  readonly series: Map<string, number>
}

/** Gathers series into families, so that the page is valid whatever they are called: who comes first has the name. */
export class Exposition {
  readonly #families = new Map<string, Family>()
  readonly #notShown = new Map<NotShown, number>()

  get notShown(): ReadonlyMap<NotShown, number> {
    return this.#notShown
  }

  /** A family of the same name must be of the same type; the help of the first series stands. */
  add(facts: FamilyFacts, labels: Labels, value: number): void {
    const family = this.#families.get(facts.name) ?? { ...facts, series: new Map<string, number>() }
    const key = renderLabels(labels)
    const fault = family.type !== facts.type ? 'type-conflict' : family.series.has(key) ? 'duplicate' : undefined
    if (fault) {
      this.#notShown.set(fault, (this.#notShown.get(fault) ?? 0) + 1)
      return
    }
    this.#families.set(facts.name, family)
    family.series.set(key, value)
  }

  /** Text format 0.0.4, families by name (https://prometheus.io/docs/instrumenting/exposition_formats/). */
  render(): string {
    const lines: string[] = []
    for (const { name, type, help, series } of [...this.#families.values()].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      lines.push(`# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`)
      for (const [labels, value] of series) lines.push(`${name}${labels} ${value}\n`)
    }
    return lines.join('')
  }
}

// labels of one gear are one map for many series
const rendered = new WeakMap<Labels, string>()

const renderLabels = (labels: Labels): string => {
  const known = rendered.get(labels)
  if (known !== undefined) return known
  const pairs = new Map<string, string>()
  for (const [key, value] of labels) {
    const name = sanitizeLabel(key)
    if (value !== '' && !pairs.has(name)) pairs.set(name, escapeValue(value))
  }
  const text = [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')
  const result = text === '' ? '' : `{${text}}`
  rendered.set(labels, result)
  return result
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapeValue = (text: string): string => escapeHelp(text).replaceAll('"', '\\"')
