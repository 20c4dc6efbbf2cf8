import { expect } from 'chai'
import { backendKinds, backendsSchema, createBackend } from '../../src/backends/registry.ts'
import { systemClock } from '../../src/clock.ts'

describe('backend registry', () => {
  it('makes a backend of each kind from its defaults alone', async () => {
    const settings = backendsSchema.parse(Object.fromEntries(backendKinds.map(({ kind }) => [`my-${kind}`, { kind }])))
    for (const { kind } of backendKinds) {
      const backend = createBackend(`my-${kind}`, settings[`my-${kind}`]!, { clock: systemClock })
      expect(backend.name).to.equal(`my-${kind}`)
      await backend.close()
    }
  })

  it('refuses kinds and keys that do not exist', () => {
    expect(backendsSchema.safeParse({ x: { kind: 'nope' } }).success).to.equal(false)
    expect(backendsSchema.safeParse({ x: { kind: 'file', colour: 'red' } }).success).to.equal(false)
    expect(backendsSchema.safeParse({ x: { kind: 'file', only: { metric: '*', foo: 'x' } } }).success).to.equal(false)
  })
})
