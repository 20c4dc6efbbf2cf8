import { expect } from 'chai'
import { parseYaml } from '../../src/config/yaml.ts'
import { describeProblem } from '../../src/errors.ts'
import { parseMetrics } from '../../src/node/declarations.ts'

const parse = (yaml: string): ReturnType<typeof parseMetrics> => parseMetrics(parseYaml(yaml, 'm'), 'Metrics')
const findingsOf = (yaml: string): string[] => parse(yaml).findings.map(describeProblem)

describe('Metrics of a manifest', () => {
  it('reads all fields of the map form', () => {
    const { declarations, findings } = parse(`
      requests.total:
        type: counter
        unit: '{request}'
        display_name: Requests
        description: Since the start.
        graph_type: area
        min: 0
        max: 1e6
        warn: 10.5
        crit: 20
      heap.used: {unit: By}
      plain:
    `)
    expect(findings).to.deep.equal([])
    expect([...declarations.values()]).to.deep.equal([
      {
        name: 'requests.total',
        kind: 'counter',
        unit: '{request}',
        displayName: 'Requests',
        description: 'Since the start.',
        graphType: 'area',
        min: 0,
        max: 1_000_000,
        warn: 10.5,
        crit: 20,
      },
      { name: 'heap.used', unit: 'By' },
      { name: 'plain' },
    ])
  })

  const odd: [yaml: string, finding: string, left: string[]][] = [
    ['[a, 5, b]', 'Metrics[1]: expected the name of a metric, got 5', ['a', 'b']],
    ['[a, {b: {}}]', 'Metrics[1]: expected the name of a metric, got a map', ['a']],
    ['[a, a]', 'Metrics[1]: expected each name once, got "a"', ['a']],
    ['{"a b": {}, c: {}}', 'Metrics.a b: expected the name of a metric, got "a b"', ['c']],
    ['{a: 5}', 'Metrics.a: expected a map of details, got 5', ['a']],
    ['{a: {type: rate}}', 'Metrics.a.type: expected one of gauge, counter, timer, got "rate"', ['a']],
    [
      '{a: {graph_type: pie}}',
      'Metrics.a.graph_type: expected one of line, area, bar, number, gauge, got "pie"',
      ['a'],
    ],
    [
      '{a: {unit: {thread}}}',
      'Metrics.a.unit: expected a UCUM unit without blanks, in quotes where it has braces: "{thread}", got a map',
      ['a'],
    ],
    [
      '{a: {unit: k B}}',
      'Metrics.a.unit: expected a UCUM unit without blanks, in quotes where it has braces: "{thread}", got "k B"',
      ['a'],
    ],
    ['{a: {min: x}}', 'Metrics.a.min: expected a number, got "x"', ['a']],
    ['{a: {max: .inf}}', 'Metrics.a.max: expected a number, got Infinity', ['a']],
    ['{a: {min: 2, max: 1}}', 'Metrics.a.min: expected at most max, 1, got 2', ['a']],
    [
      '{a: {display_name: "x\\ny"}}',
      'Metrics.a.display_name: expected one line of at most 1000 characters, got "x\\ny"',
      ['a'],
    ],
    ['{a: {description: 5}}', 'Metrics.a.description: expected one line of at most 1000 characters, got 5', ['a']],
    [
      '{a: {units: By}}',
      'Metrics.a.units: expected one of type, unit, display_name, description, graph_type, min, max, warn, crit, got "units"',
      ['a'],
    ],
    [
      '{a: {constructor: 1}}',
      'Metrics.a.constructor: expected one of type, unit, display_name, description, graph_type, min, max, warn, crit, got "constructor"',
      ['a'],
    ],
  ]
  for (const [yaml, finding, left] of odd) {
    it(`finds fault with ${yaml} and keeps the rest`, () => {
      expect(findingsOf(yaml)).to.deep.equal([finding])
      expect([...parse(yaml).declarations.keys()]).to.deep.equal(left)
    })
  }

  it('keeps the good details of a metric with a bad one', () => {
    expect(parse('{a: {type: rate, unit: By}}').declarations.get('a')).to.deep.equal({ name: 'a', unit: 'By' })
  })

  it('takes at most 500 metrics', () => {
    const { declarations, findings } = parseMetrics(
      Array.from({ length: 502 }, (_, n) => `m${n}`),
      'Metrics',
    )
    expect(declarations.size).to.equal(500)
    expect(findings).to.have.lengthOf(2)
  })

  it('takes __proto__ as the name it is', () => {
    expect([...parse('{__proto__: {unit: By}}').declarations]).to.deep.equal([
      ['__proto__', { name: '__proto__', unit: 'By' }],
    ])
  })
})
