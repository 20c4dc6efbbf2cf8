import { z } from 'zod'

/** Where else than in YAML a setting may be written: a key of OpenShift's node.conf. */
export interface NodeConfKey {
  readonly key: string
  /**
   * Turns the text into what the YAML setting would hold.
   * A string is taken as it is when this is missing. May warn and still give a value.
   * @throws ParseError telling what was expected
   */
  readonly read?: (text: string, warn: (message: string) => void) => unknown
}

export interface Facts {
  /** One or two sentences for the sample file and the man page. */
  readonly doc: string
  readonly nodeConf?: NodeConfKey
}

/** What a schema node says about itself besides its type. */
export const factsOf = z.registry<Facts>()

type Shape = Record<string, z.ZodType>

const described = <T extends z.ZodType>(schema: T, { doc, nodeConf }: Facts): T => {
  factsOf.add(schema, nodeConf ? { doc, nodeConf } : { doc })
  return schema
}

/** A map of settings; an unknown key is an error, a missing section means its defaults. */
export const section = <T extends Shape>(shape: T, doc = '') =>
  described(z.strictObject(shape).prefault({} as never), { doc })

/** Like `section`, for entries of a list or a map: nothing is assumed for a missing one. */
export const entry = <T extends Shape>(shape: T, doc = '') => described(z.strictObject(shape), { doc })

export const integer = (options: Facts & { default: number; min?: number; max?: number }) =>
  described(
    z
      .int()
      .min(options.min ?? Number.MIN_SAFE_INTEGER)
      .max(options.max ?? Number.MAX_SAFE_INTEGER)
      .default(options.default),
    options,
  )

export const boolean = (options: Facts & { default: boolean }) =>
  described(z.boolean().default(options.default), options)

export const text = (options: Facts & { default: string; pattern?: RegExp }) =>
  described((options.pattern ? z.string().regex(options.pattern) : z.string()).default(options.default), options)

/**
 * A string that need not be there.
 * @param fault tells what would be expected, when the text is not good
 */
export const optionalText = (options: Facts & { pattern?: RegExp; fault?: (text: string) => string | undefined }) => {
  const matching = options.pattern ? z.string().regex(options.pattern) : z.string()
  const checked = matching.superRefine((value, context) => {
    const expected = options.fault?.(value)
    if (expected !== undefined) context.addIssue({ code: 'custom', message: expected })
  })
  return described(checked.optional(), options)
}

/** A string that must be there, in an entry of a list or a map. */
export const requiredText = (options: Facts & { pattern: RegExp }) =>
  described(z.string().regex(options.pattern), options)

/** A whole number that need not be there. */
export const optionalInteger = (options: Facts & { min: number; max: number }) =>
  described(z.int().min(options.min).max(options.max).optional(), options)

export const oneOf = <const T extends readonly [string, ...string[]]>(
  values: T,
  options: Facts & { default: T[number] },
) => described(z.enum(values).default(options.default as never), options)

export const list = <T extends z.ZodType>(item: T, options: Facts & { default: readonly z.input<T>[] }) =>
  described(z.array(item).prefault([...options.default] as never), options)

export const mapOf = <T extends z.ZodType>(
  value: T,
  options: Facts & { default: Readonly<Record<string, z.input<T>>> },
) => described(z.record(z.string(), value).prefault({ ...options.default } as never), options)

/** The word that tells which of several kinds an entry is of. */
export const literal = <const T extends string>(word: T) => z.literal(word)

/** Settings of one of several kinds, told apart by their `kind: literal(…)`. */
export const kinds: typeof z.discriminatedUnion = z.discriminatedUnion

/** One of several shapes; `expected` is what an error says when none of them fits. */
export const either = <const T extends readonly [z.ZodType, ...z.ZodType[]]>(expected: string, shapes: T) =>
  z.union(shapes, { error: expected })

/** Any other schema, with its documentation and what stands for it when it is missing. */
export const setting = <T extends z.ZodType>(schema: T, options: Facts & { default: z.input<T> }) =>
  described(schema.prefault(options.default as never), options)

export type Infer<T extends z.ZodType> = z.output<T>
export type Schema = z.ZodType
/** One thing that a schema found wrong. */
export type Issue = z.core.$ZodIssue
