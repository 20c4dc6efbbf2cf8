import { expect } from 'chai'
import { check, show } from '../../src/config/problems.ts'
import { either, entry, list, optionalInteger, requiredText, text } from '../../src/config/schema.ts'
import { ConfigError } from '../../src/errors.ts'

const ENTRY = entry({
  id: requiredText({ doc: 'Name.', pattern: /^[a-z]+$/ }),
  uid: optionalInteger({ doc: 'Number.', min: 1, max: 5 }),
  paths: list(
    either('a path or a map', [
      requiredText({ doc: '', pattern: /^\// }),
      entry({ at: text({ default: '', doc: '' }) }),
    ]),
    {
      default: [],
      doc: 'Paths.',
    },
  ),
})
const problemsOf = (document: unknown): string[] => {
  try {
    check(ENTRY, document, 'f')
    return []
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return thrown.message.split('\n')
  }
}

describe('checking a document', () => {
  it('gives it with its defaults', () => {
    expect(check(ENTRY, { id: 'a' }, 'f')).to.deep.equal({ id: 'a', paths: [] })
    expect(check(ENTRY, { id: 'a', uid: 5, paths: ['/x', { at: 'y' }] }, 'f')).to.deep.equal({
      id: 'a',
      uid: 5,
      paths: ['/x', { at: 'y' }],
    })
  })

  it('tells all that is wrong, with place, expectation and what came', () => {
    expect(problemsOf({ uid: 9, paths: [5], more: 1, 'even more': 2 })).to.have.members([
      'f: id: expected a string, got nothing',
      'f: uid: expected at most 5, got 9',
      'f: paths.0: expected a path or a map, got 5',
      'f: more: expected a known setting, got unknown key "more"',
      'f: even more: expected a known setting, got unknown key "even more"',
    ])
    expect(problemsOf('x')).to.deep.equal(['f: expected a map, got "x"'])
    expect(problemsOf(undefined)).to.deep.equal(['f: expected a map, got nothing'])
  })
})

describe('showing a value', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const values: [value: unknown, shown: string][] = [
    [undefined, 'nothing'],
    [null, 'null'],
    [true, 'true'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    ['a"b\n', '"a\\"b\\n"'],
    [cyclic, 'a list'],
    [{ a: cyclic }, 'a map'],
    [new Map(), 'a map'],
  ]
  for (const [value, shown] of values) it(`says ${shown}`, () => expect(show(value)).to.equal(shown))

  it('cuts what is long', () => expect(show('x'.repeat(1000))).to.have.lengthOf(101))
})
