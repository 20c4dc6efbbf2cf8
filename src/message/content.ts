/** Pairs that follow the head of an event's or a contract's text, in their order. */
export type Content = readonly (readonly [name: string, value: string])[]

/** Long texts cut to `maxChars`, so that what is too large for a frame still arrives. */
export const shorten = (content: Content, maxChars: number): Content =>
  content.map(([name, value]) => [name, value.length > maxChars ? `${value.slice(0, maxChars)}…` : value])
