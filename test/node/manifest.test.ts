import { expect } from 'chai'
import fc from 'fast-check'
import { describeProblem, ParseError } from '../../src/errors.ts'
import { type Manifest, type ManifestContext, parseManifest } from '../../src/node/manifest.ts'

const GOOD = `Name: php
Cartridge-Short-Name: PHP
Cartridge-Vendor: acme
Version: '5.4'
Versions: ['5.4', '5.3']
`
const parse = (text: string, context: Omit<ManifestContext, 'place'> = {}): ReturnType<typeof parseManifest> =>
  parseManifest(text, { place: 'm', ...context })
const manifestOf = (text: string, ident?: string): Manifest =>
  parse(text, ident === undefined ? {} : { ident }).manifest
const findingsOf = (text: string, context: Omit<ManifestContext, 'place'> = {}): string[] =>
  parse(text, context).findings.map(describeProblem)

describe('manifest', () => {
  it('reads what metrics need, without findings when all is well', () => {
    const { manifest, findings } = parse(`${GOOD}Metrics: [thread.count, uptime]\n`, { ident: 'acme:php:5.3:0.0.1' })
    expect(manifest).to.deep.equal({
      name: 'php',
      version: '5.3',
      hasMetrics: true,
      declarations: new Map([
        ['thread.count', { name: 'thread.count' }],
        ['uptime', { name: 'uptime' }],
      ]),
    })
    expect(findings).to.deep.equal([])
  })

  describe('Name', () => {
    for (const name of ['php', 'p', '5', 'jboss-eap_6.1', 'a'.repeat(32), "'5.4'", '54']) {
      it(`takes ${name}`, () => expect(manifestOf(`Name: ${name}`).name).to.equal(name.replaceAll("'", '')))
    }
    for (const name of [
      '',
      'PHP',
      '-php',
      'php-',
      'p h p',
      'a'.repeat(33),
      'app-root',
      'git',
      '[php]',
      'php/x',
      '"a\\n"',
      '~',
    ]) {
      it(`refuses ${JSON.stringify(name)}, as nothing can be reported under it`, () => {
        expect(() => parse(`Name: ${name}`)).to.throw(ParseError, /^m: Name: expected at most 32 .*, got /)
      })
    }
  })

  const refused: [name: string, text: string, message: RegExp][] = [
    ['an empty file, which is an empty map', '', /Name: .* got nothing/],
    ['comments alone', '# nothing\n', /Name: .* got nothing/],
    ['a list', '- Name: php\n', /expected a map, got a list/],
    ['a word', 'php', /expected a map, got "php"/],
    ['broken YAML', 'Name: [php\n', /^m:2:1: /],
    ['a key that comes twice', 'Name: php\nName: perl\n', /duplicated/],
    ['a Name behind __proto__', '__proto__: {Name: php}\n', /Name: .* got nothing/],
  ]
  for (const [name, text, message] of refused) {
    it(`refuses ${name}`, () => expect(() => parse(text)).to.throw(ParseError, message))
  }

  describe('whether there are metrics', () => {
    const cases: [metrics: string, has: boolean, findings: number][] = [
      ['', false, 0],
      ['Metrics:', false, 0],
      ['Metrics: null', false, 0],
      ['Metrics: ~', false, 0],
      ['Metrics: []', true, 0],
      ['Metrics: {}', true, 0],
      ['Metrics: false', true, 1],
      ['Metrics: 0', true, 1],
      ["Metrics: ''", true, 1],
      ['Metrics: uptime', true, 1],
    ]
    for (const [metrics, has, findings] of cases) {
      it(`${has ? 'has' : 'has no'} metrics with ${JSON.stringify(metrics)}`, () => {
        const { manifest, findings: found } = parse(GOOD + metrics)
        expect(manifest.hasMetrics).to.equal(has)
        expect(manifest.declarations.size).to.equal(0)
        expect(found).to.have.lengthOf(findings)
      })
    }
  })

  describe('version', () => {
    const OVERRIDES = `${GOOD}Metrics: [a, b]
Cartridge-Version: 1.0.0
Version-Overrides:
  '5.3':
    Metrics: [c]
  '5.4':
    Metrics: null
`
    it('takes the top level without an override', () => {
      const manifest = manifestOf(OVERRIDES.replaceAll("'5.4':", "'5.9':"), 'acme:php:5.4:1.0.0')
      expect([...manifest.declarations.keys()]).to.deep.equal(['a', 'b'])
    })

    it('replaces a list of the top level by that of the active version', () => {
      expect([...manifestOf(OVERRIDES, 'acme:php:5.3:1.0.0').declarations.keys()]).to.deep.equal(['c'])
    })

    it('is switched off by an override of null', () => {
      expect(manifestOf(OVERRIDES, 'acme:php:5.4:1.0.0').hasMetrics).to.equal(false)
    })

    it("takes the manifest's own Version without IDENT", () => {
      expect(manifestOf(OVERRIDES)).to.include({ version: '5.4', hasMetrics: false })
    })

    it('understands numbers without quotes, as keys and as versions', () => {
      const text =
        'Name: php\nVersion: 5.10\nVersion-Overrides: {5.10: {Metrics: [a]}, 0.2: {Metrics: [b]}}\nVersions: [0.2]'
      expect([...manifestOf(text, 'a:php:5.10:1').declarations.keys()]).to.deep.equal(['a'])
      expect([...manifestOf(text, 'a:php:0.2:1').declarations.keys()]).to.deep.equal(['b'])
    })

    it('does not mix up 5.1 and 5.10 when both are written as text', () => {
      const text = "Name: php\nVersion: '5.1'\nVersions: ['5.10']\nVersion-Overrides: {'5.1': {Metrics: [a]}}"
      expect(manifestOf(text, 'a:php:5.10:1')).to.include({ version: '5.10', hasMetrics: false })
    })

    const idents: [ident: string, finding: string][] = [
      ['acme:php:5.3', 'expected vendor:name:software_version:cartridge_version'],
      ['acme:php:5.3:1:2', 'expected vendor:name:software_version:cartridge_version'],
      ['', 'expected vendor:name:software_version:cartridge_version'],
      ['acme:perl:5.3:1', 'expected the name php, got "perl"'],
      ['acme:php:9:1', 'expected a version of the manifest, got "9"'],
    ]
    for (const [ident, finding] of idents) {
      it(`finds fault with IDENT ${JSON.stringify(ident)} and takes the own Version`, () => {
        expect(manifestOf(GOOD, ident).version).to.equal('5.4')
        expect(findingsOf(GOOD, { ident })).to.have.lengthOf(1)
        expect(findingsOf(GOOD, { ident })[0]).to.include(`m: IDENT: ${finding}`)
      })
    }

    it('does without overrides that are no maps', () => {
      expect(findingsOf(`${GOOD}Version-Overrides: [1]`)).to.deep.equal([
        'm: Version-Overrides: expected a map of versions, got a list',
      ])
      expect(findingsOf(`${GOOD}Version-Overrides: {'5.4': 7}`)).to.deep.equal([
        'm: Version-Overrides.5.4: expected a map, got 7',
      ])
    })
  })

  it('reports what breaks the rules of OpenShift, and can still be used', () => {
    expect(findingsOf('Name: php')).to.deep.equal([
      'm: Cartridge-Short-Name: expected a name without "-", got nothing',
      'm: Cartridge-Vendor: expected at most 32 of a-z, 0-9 and "_", a letter or digit at both ends, got nothing',
      'm: Version: expected a version, got nothing',
    ])
    const odd = GOOD.replace('PHP', 'P-P')
      .replace('acme', 'ac-me')
      .replace(/\[.*\]/, "'5.4'")
    expect(findingsOf(odd).map((finding) => finding.split(':')[1])).to.deep.equal([
      ' Cartridge-Short-Name',
      ' Cartridge-Vendor',
      ' Versions',
    ])
  })

  it('is refused when its aliases unfold into billions', () => {
    const levels = Array.from({ length: 9 }, (_, n) => `  - &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`)
    const bomb = `x:\n  - &l0 [1]\n${levels.join('\n')}\nName: php\nMetrics: {a: *l9, b: {unit: *l9}}\nVersion: *l9\n`
    expect(() => parse(bomb)).to.throw(ParseError, 'm: aliases unfold into more than 100000 values')
  })

  it('gives or throws a ParseError, whatever comes', () => {
    const word = fc.constantFrom(
      'Name',
      'php',
      'Metrics',
      'Version-Overrides',
      '5.4',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      '{',
      '&a ',
      '*a',
      '!!x',
      "'",
      '\0',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        try {
          parse(`Name: php\n${words.join('')}`)
        } catch (thrown) {
          expect(thrown).to.be.instanceOf(ParseError)
        }
      }),
    )
  })
})
