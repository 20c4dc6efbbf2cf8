import { expect } from 'chai'
import { rememberManifests } from '../../src/node/manifest-memory.ts'
import { gearSettings } from './tree.ts'

describe('manifest memory', () => {
  it('gives the same manifest for the same text and IDENT, and forgets before it grows too large', () => {
    const parse = rememberManifests(gearSettings().manifest)
    const first = parse('Name: a', undefined)
    expect(parse('Name: a', undefined)).to.equal(first)
    expect(parse('Name: a', 'v:a:1:1')).not.to.equal(first)
    for (let index = 0; index < 250; index += 1) parse(`Name: a${index}`, undefined)
    const again = parse('Name: a', undefined)
    expect(again).to.deep.equal(first)
    expect(again).not.to.equal(first)
  })

  it('remembers no failure', () => {
    const parse = rememberManifests(gearSettings().manifest)
    for (const _ of [1, 2]) expect(() => parse('Name: [', undefined)).to.throw('metadata/manifest.yml:1')
  })
})
