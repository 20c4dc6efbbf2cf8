import { expect } from 'chai'
import fc from 'fast-check'
import { createOutput } from '../../src/scripts/output.ts'

const limits = { maxLineBytes: 20, maxOutputBytes: 100, maxLines: 5 }

/** Feeds chunks and tells all that came of it. */
const read = (chunks: readonly Buffer[], changes: Partial<typeof limits> = {}, isWhole = true) => {
  const lines: string[] = []
  let cuts = 0
  const output = createOutput(
    { limits: { ...limits, ...changes }, onLine: (line) => void lines.push(line.toString('latin1')) },
    () => {
      cuts += 1
    },
  )
  for (const chunk of chunks) output.stdout(chunk)
  return { ...output.end(isWhole), lines, cuts }
}

const inPieces = (text: Buffer, sizes: readonly number[]): Buffer[] => {
  const pieces: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    pieces.push(text.subarray(at, at + size))
    at += size
  }
  return [...pieces, text.subarray(at)]
}

describe('scripts/output', () => {
  it('reads the same however the bytes arrive', () => {
    const bytes = fc.string({ unit: fc.constantFrom('a', '=', '1', '\n', '\r', '\0'), maxLength: 160 })
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(30)), fc.boolean(), (text, sizes, isWhole) => {
        const buffer = Buffer.from(text)
        expect(read(inPieces(buffer, sizes), {}, isWhole)).to.deep.equal(read([buffer], {}, isWhole))
      }),
    )
  })

  it('never hands over more than the limits allow, nor anything after a cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 }), (arrays) => {
        const { lines, output, cuts } = read(arrays.map((array) => Buffer.from(array)))
        expect(lines.length).to.be.at.most(limits.maxLines)
        expect(lines.reduce((sum, line) => sum + line.length, 0)).to.be.at.most(limits.maxOutputBytes)
        expect(cuts).to.equal(output === 'whole' ? 0 : 1)
      }),
    )
  })

  it('takes exactly as many bytes as are allowed, and is cut by one more', () => {
    expect(read([Buffer.from('a=1\nb=2\n')], { maxOutputBytes: 8 })).to.deep.include({
      output: 'whole',
      lines: ['a=1', 'b=2'],
    })
    expect(read([Buffer.from('a=1\nb=2\n')], { maxOutputBytes: 7 })).to.deep.include({
      output: 'cut-bytes',
      lines: ['a=1'],
      lineUnfinished: false,
    })
  })

  it('keeps no more of standard error than its end', () => {
    const output = createOutput({ limits: { ...limits, maxOutputBytes: 1e6 }, onLine: () => {} }, () => {})
    for (let at = 0; at < 1000; at += 1) output.stderr(Buffer.from(`complaint ${at}\n`))
    const { stderrTail } = output.end(true)
    expect(stderrTail).to.have.length(4096)
    expect(stderrTail.endsWith('complaint 998\ncomplaint 999\n')).to.equal(true)
  })

  it('begins the tail with a whole letter', () => {
    const output = createOutput({ limits: { ...limits, maxOutputBytes: 1e6 }, onLine: () => {} }, () => {})
    output.stderr(Buffer.from(`${'€'.repeat(2000)}!`))
    expect(output.end(true).stderrTail).to.equal(`${'€'.repeat(1365)}!`)
  })

  it('makes what is no UTF-8, and what would control a terminal, harmless', () => {
    const output = createOutput({ limits, onLine: () => {} }, () => {})
    output.stderr(Buffer.from([0xff, 0x1b, 0x5b, 0x6d, 0x09, 0x0a, 0x00]))
    expect(output.end(true).stderrTail).to.equal('\ufffd\ufffd[m\t\n\ufffd')
  })
})
