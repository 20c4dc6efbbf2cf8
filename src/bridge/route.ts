import type { Only } from '../backends/settings.ts'
import type { Metric } from '../metric.ts'

export type Fits = (metric: Metric) => boolean

/** Whether a metric fits every pattern; a missing label is matched as empty text. */
export const compileOnly = ({ metric: namePattern, ...labelPatterns }: Only): Fits => {
  const tests = Object.entries(labelPatterns).flatMap(([label, pattern]) => {
    if (pattern === undefined) return []
    const expression = compileGlob(pattern)
    return [({ labels }: Metric): boolean => expression.test(labels.get(label) ?? '')]
  })
  if (namePattern !== undefined) {
    const expression = compileGlob(namePattern)
    tests.push(({ name }) => expression.test(name))
  }
  return (metric) => tests.every((fits) => fits(metric))
}

/** `*` is any text, `?` one character, everything else itself. */
export const compileGlob = (pattern: string): RegExp => {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'su')
}
