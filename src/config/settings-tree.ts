import type { z } from 'zod'
import { type Facts, factsOf, type Schema } from './schema.ts'

/** One setting or section of a schema. */
export interface Setting {
  readonly path: readonly string[]
  readonly facts: Facts
  readonly schema: Schema
  /** Undefined for a setting that need not be there, and for sections. */
  readonly fallback: unknown
  readonly isSection: boolean
}

/** As zod keeps it; which fields are there depends on `type`. */
interface Def {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly element?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly defaultValue?: unknown
}

const defOf = (schema: z.core.$ZodType): Def => schema._zod.def as unknown as Def
const bareOf = (schema: z.ZodType): z.ZodType => {
  const { type, innerType } = defOf(schema)
  return type === 'default' || type === 'prefault' || type === 'optional' ? innerType! : schema
}

/** Every section and setting of a schema, sections before what they hold. */
export function* settingsOf(schema: Schema, path: readonly string[] = []): Generator<Setting> {
  const bare = bareOf(schema)
  const { shape } = defOf(bare)
  if (path.length > 0) {
    const fallback = shape ? undefined : defOf(schema).defaultValue
    yield { path, facts: factsOf.get(schema) ?? { doc: '' }, schema: bare, fallback, isSection: shape !== undefined }
  }
  for (const [key, child] of Object.entries(shape ?? {})) yield* settingsOf(child, [...path, key])
}

/** What the entries of a map or list, or a setting, may look like when there are several kinds of them. */
export interface Variant {
  readonly kind: string
  readonly doc: string
  /** But for `kind`. */
  readonly settings: readonly Setting[]
}

export const variantsOf = (schema: Schema): readonly Variant[] => {
  const { valueType, element } = defOf(schema)
  const options = defOf(valueType ?? element ?? schema).options ?? []
  return options.flatMap((option) => {
    const kind = option._zod.propValues?.kind?.values().next().value
    if (typeof kind !== 'string') return []
    const settings = [...settingsOf(option)].filter(({ path }) => path[0] !== 'kind')
    return [{ kind, doc: factsOf.get(option)?.doc ?? '', settings }]
  })
}
