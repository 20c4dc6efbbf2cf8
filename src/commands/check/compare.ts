import type { Declaration } from '../../contract.ts'
import type { Finding } from './finding.ts'

/** Holds what a script printed against what its manifest declares, in both directions. */
export const compare = (
  declared: ReadonlyMap<string, Declaration>,
  printed: ReadonlySet<string>,
  { manifest, script }: { readonly manifest: string; readonly script: string },
): readonly Finding[] => [
  ...[...declared.keys()]
    .filter((name) => !printed.has(name))
    .map((name) => ({
      place: manifest,
      reason: 'not-printed',
      message: `${name} is declared in Metrics, but ${script} did not print it`,
    })),
  ...[...printed]
    .filter((name) => !declared.has(name))
    .map((name) => ({
      place: script,
      reason: 'not-declared',
      message: `${name} was printed, but Metrics does not declare it`,
    })),
]
