import fc from 'fast-check'

/** Bytes and one way to cut them into chunks. */
export const chunked = (bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<{ bytes: Buffer; chunks: Buffer[] }> =>
  fc
    .tuple(bytes, fc.array(fc.nat(200), { maxLength: 12 }))
    .map(([whole, cuts]) => ({ bytes: whole, chunks: cutAt(whole, cuts) }))

const cutAt = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')
