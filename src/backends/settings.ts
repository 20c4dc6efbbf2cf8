import { type Infer, optionalText, section } from '../config/schema.ts'

const pattern = (what: string) =>
  optionalText({ doc: `Pattern of ${what}; * stands for any text, ? for one character.` })

/** Which metrics a backend gets; part of every kind's settings. */
export const only = section(
  {
    gear: pattern('gear ids'),
    app: pattern('application ids'),
    appName: pattern('application names'),
    ns: pattern('namespaces'),
    cart: pattern('cartridge names'),
    node: pattern('node names'),
    metric: pattern('metric names'),
  },
  'Which metrics it gets: those that fit every pattern given here. Nothing here: all.',
)
export type Only = Infer<typeof only>
