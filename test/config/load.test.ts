import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Loaded, loadSettings } from '../../src/config/load.ts'
import { parseRubyInteger } from '../../src/config/node-conf.ts'
import { boolean, entry, integer, list, mapOf, optionalText, section, text } from '../../src/config/schema.ts'
import { ConfigError, ParseError } from '../../src/errors.ts'
import { plant } from '../node/tree.ts'
import { useTempDir } from '../support/temp.ts'

const SCHEMA = section({
  gather: section(
    {
      seconds: integer({
        default: 60,
        min: 10,
        doc: 'How often.',
        nodeConf: {
          key: 'INTERVAL',
          read: (value, warn) => {
            const number = parseRubyInteger(value)
            if (number === undefined) throw new ParseError('a whole number')
            if (number < 10) warn('too short')
            return Math.max(10, number)
          },
        },
      }),
      on: boolean({ default: true, doc: 'Whether.' }),
      base: text({ default: '/base', pattern: /^\//, doc: 'Where.', nodeConf: { key: 'BASE' } }),
      note: optionalText({ doc: 'Free.' }),
    },
    'When.',
  ),
  words: list(text({ default: '', doc: '' }), { default: ['a'], doc: 'Words.' }),
  targets: mapOf(entry({ port: integer({ default: 1, doc: 'Port.' }) }), { default: {}, doc: 'Targets.' }),
})

describe('loading settings', () => {
  const temp = useTempDir()
  const load = (files: Readonly<Record<string, string>>): Loaded<Record<string, Record<string, unknown>>> => {
    plant(temp(), files)
    return loadSettings(SCHEMA, { file: join(temp(), 'main.yml'), confDir: temp() }) as never
  }
  const problemsOf = (files: Readonly<Record<string, string>>): string[] => {
    try {
      load(files)
      return []
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown
      return thrown.message.replaceAll(`${temp()}/`, '').split('\n')
    }
  }

  it('gives the defaults where no file says anything', () => {
    const { settings, origins, warnings } = loadSettings(SCHEMA, { file: undefined, confDir: join(temp(), 'nowhere') })
    expect(settings).to.deep.equal({
      gather: { seconds: 60, on: true, base: '/base' },
      words: ['a'],
      targets: {},
    })
    expect([origins.size, warnings.length]).to.deep.equal([0, 0])
  })

  for (const yaml of ['', '# nothing\n', '---\n', 'gather:\n', 'gather:\n  # seconds: 5\nwords:\n']) {
    it(`takes ${JSON.stringify(yaml)} for nothing said`, () => {
      expect(load({ 'main.yml': yaml }).settings.gather).to.include({ seconds: 60 })
    })
  }

  it('lets YAML beat node.conf and node.conf beat the default, and tells the origin of each', () => {
    const { settings, origins } = load({ 'main.yml': 'gather: {base: /yaml}', 'node.conf': 'INTERVAL=30\nBASE=/conf' })
    expect(settings.gather).to.deep.equal({ seconds: 30, on: true, base: '/yaml' })
    expect([...origins]).to.deep.equal([
      ['gather.base', join(temp(), 'main.yml')],
      ['gather.seconds', `${join(temp(), 'node.conf')} INTERVAL`],
    ])
  })

  it('takes an empty value in node.conf for a value', () => {
    expect(problemsOf({ 'main.yml': '', 'node.conf': 'BASE=' })).to.deep.equal([
      'node.conf BASE: gather.base: expected text that matches /^\\//, got ""',
    ])
  })

  it('sees that a file has changed', () => {
    expect(load({ 'main.yml': '', 'node.conf': 'INTERVAL=30' }).settings.gather).to.include({ seconds: 30 })
    expect(load({ 'node.conf': 'INTERVAL=40' }).settings.gather).to.include({ seconds: 40 })
  })

  it('warns of what it takes differently from how it is written', () => {
    const { settings, warnings } = load({ 'main.yml': '', 'node.conf': 'INTERVAL=1' })
    expect(settings.gather).to.include({ seconds: 10 })
    expect(warnings).to.deep.equal([`${join(temp(), 'node.conf')}: INTERVAL: too short`])
  })

  it('merges drop-ins in the order of their names: maps key by key, all else as a whole', () => {
    const { settings, origins } = load({
      'main.yml': 'gather: {seconds: 20, note: main}\nwords: [x, y]\ntargets: {a: {port: 1}}',
      'main.d/20.yml': 'gather: {seconds: 40}',
      'main.d/10.yaml': 'gather: {seconds: 30, on: false}\nwords: [z]\ntargets: {b: {port: 2}}',
      'main.d/readme.txt': 'not: read',
    })
    expect(settings).to.deep.equal({
      gather: { seconds: 40, on: false, base: '/base', note: 'main' },
      words: ['z'],
      targets: { a: { port: 1 }, b: { port: 2 } },
    })
    expect(origins.get('gather.seconds')).to.equal(join(temp(), 'main.d/20.yml'))
    expect(origins.get('gather.on')).to.equal(join(temp(), 'main.d/10.yaml'))
  })

  it('tells all that is wrong in all files in one go, each with its place', () => {
    const problems = problemsOf({
      'main.yml': 'gather: {seconds: 5, on: yes, colour: red}\ntargets: {a: {port: x}}\nnothing: 1',
      'main.d/a.yml': 'words: x',
      'main.d/b.yml': 'a: [',
      'main.d/c.yml': '- 1',
      'node.conf': 'BASE=relative',
    })
    expect(problems).to.have.members([
      'main.d/b.yml: expected readable YAML, got error at 1:5: unexpected end of the stream within a flow collection',
      'main.d/c.yml: expected a map of settings, got a list',
      'main.yml: gather.seconds: expected at least 10, got 5',
      'main.yml: gather.on: expected a boolean, got "yes"',
      'main.yml: gather.colour: expected a known setting, got unknown key "colour"',
      'main.yml: targets.a.port: expected a number, got "x"',
      'main.yml: nothing: expected a known setting, got unknown key "nothing"',
      'main.d/a.yml: words: expected a list, got "x"',
      'node.conf BASE: gather.base: expected text that matches /^\\//, got "relative"',
    ])
  })

  const single: [name: string, files: Record<string, string>, problem: string | RegExp][] = [
    [
      'garbage where node.conf needs a number',
      { 'main.yml': '', 'node.conf': 'INTERVAL=30s' },
      'node.conf: INTERVAL: expected a whole number, got "30s"',
    ],
    ['a scalar for a section', { 'main.yml': 'gather: 5' }, 'main.yml: gather: expected a map, got 5'],
    ['a list for a section', { 'main.yml': 'gather: [1]' }, 'main.yml: gather: expected a map, got a list'],
    [
      'a fraction',
      { 'main.yml': 'gather: {seconds: 10.5}' },
      'main.yml: gather.seconds: expected a whole number, got 10.5',
    ],
    ['a named file that is missing', {}, /^main\.yml: expected readable YAML, got ENOENT/],
    [
      'an alias that leads to itself',
      { 'main.yml': 'gather: &a {note: *a}' },
      'main.yml: expected readable YAML, got aliases unfold into more than 100000 values',
    ],
    ['a key __proto__', { 'main.yml': '__proto__: {gather: 1}' }, /__proto__/],
  ]
  for (const [name, files, problem] of single) {
    it(`refuses ${name}`, () => {
      const problems = problemsOf(files)
      expect(problems).to.have.lengthOf(1)
      if (typeof problem === 'string') expect(problems[0]).to.equal(problem)
      else expect(problems[0]).to.match(problem)
    })
  }

  it('refuses a node.conf that cannot be read, but does without one that is missing', () => {
    mkdirSync(join(temp(), 'node.conf'))
    expect(problemsOf({ 'main.yml': '' })[0]).to.match(/^node\.conf: expected a readable file, got EISDIR/)
  })

  it('makes control characters in what it shows visible', () => {
    expect(problemsOf({ 'main.yml': 'gather: {"a\\x1b[31m\\nb": 1}' })).to.deep.equal([
      'main.yml: gather.a\\u001b[31m\\nb: expected a known setting, got unknown key "a\\u001b[31m\\nb"',
    ])
  })
})
