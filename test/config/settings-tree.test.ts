import { expect } from 'chai'
import { describeLoaded } from '../../src/config/describe.ts'
import { renderManItems } from '../../src/config/man-items.ts'
import { renderSample } from '../../src/config/sample.ts'
import {
  entry,
  integer,
  kinds,
  list,
  literal,
  mapOf,
  optionalText,
  section,
  setting,
  text,
} from '../../src/config/schema.ts'
import { settingsOf, variantsOf } from '../../src/config/settings-tree.ts'
import { parseYaml } from '../../src/config/yaml.ts'

const TARGET = kinds('kind', [
  entry({ kind: literal('udp'), port: integer({ default: 514, doc: 'Port.' }) }, 'Datagrams.'),
  entry({ kind: literal('unix'), path: text({ default: '/run/x', doc: 'Path.' }) }, 'A socket.'),
])
const SCHEMA = section({
  gather: section(
    {
      seconds: integer({ default: 60, doc: 'How often. Not too often.', nodeConf: { key: 'INTERVAL' } }),
      note: optionalText({ doc: "'Quoted' at its start." }),
      inner: section({ text: text({ default: 'a "b" \\ c', doc: 'Text.' }) }, 'Inner.'),
    },
    'When.',
  ),
  words: list(text({ default: '', doc: '' }), { default: ['a'], doc: 'Words.' }),
  target: setting(TARGET, { default: { kind: 'udp' }, doc: 'Where to.' }),
  targets: mapOf(TARGET, { default: {}, doc: 'More.' }),
})

describe('the tree of settings', () => {
  it('has every section and setting, sections before what they hold', () => {
    const settings = [...settingsOf(SCHEMA)].map(({ path, isSection, fallback }) => [
      path.join('.'),
      isSection,
      fallback,
    ])
    expect(settings).to.deep.equal([
      ['gather', true, undefined],
      ['gather.seconds', false, 60],
      ['gather.note', false, undefined],
      ['gather.inner', true, undefined],
      ['gather.inner.text', false, 'a "b" \\ c'],
      ['words', false, ['a']],
      ['target', false, { kind: 'udp' }],
      ['targets', false, {}],
    ])
  })

  it('knows the kinds of a setting, and of the entries of a map', () => {
    const settings = [...settingsOf(SCHEMA)].filter(({ path }) => path[0]!.startsWith('target'))
    for (const { schema } of settings) {
      const variants = variantsOf(schema).map(({ kind, doc, settings: own }) => [
        kind,
        doc,
        own.map(({ path }) => path.join('.')),
      ])
      expect(variants).to.deep.equal([
        ['udp', 'Datagrams.', ['port']],
        ['unix', 'A socket.', ['path']],
      ])
    }
  })

  it('is printed with value and origin of each setting', () => {
    const origins = new Map([
      ['gather.seconds', 'node.conf INTERVAL'],
      ['targets.a.kind', 'x.yml'],
    ])
    const settings = SCHEMA.parse({ gather: { seconds: 5 }, targets: { a: { kind: 'udp' } } })
    const lines = describeLoaded(SCHEMA, { settings, origins, warnings: [] })
    expect(lines.map(({ path, value, origin }) => [path, value, origin])).to.deep.equal([
      ['gather.seconds', 5, 'node.conf INTERVAL'],
      ['gather.inner.text', 'a "b" \\ c', 'default'],
      ['words', ['a'], 'default'],
      ['target', { kind: 'udp', port: 514 }, 'default'],
      ['targets', { a: { kind: 'udp', port: 514 } }, 'x.yml'],
    ])
  })
})

describe('the sample of settings', () => {
  const sample = renderSample(SCHEMA)

  it('says nothing as it is, but shows the sections', () => {
    expect(parseYaml(sample, 'sample')).to.deep.equal({ gather: { inner: null } })
    expect(SCHEMA.parse({})).to.deep.include({ words: ['a'] })
  })

  it('gives the defaults when the settings in it are switched on', () => {
    const settings = sample.replace(/^( *)# ((?:seconds|text|words|target|targets): )/gm, '$1$2')
    expect(parseYaml(settings, 'sample')).to.deep.equal({
      gather: { seconds: 60, inner: { text: 'a "b" \\ c' } },
      words: ['a'],
      target: { kind: 'udp' },
      targets: {},
    })
  })

  it('explains every key, with the one of node.conf', () => {
    for (const words of ['How often. Not too often. (node.conf: INTERVAL)', 'Datagrams.', 'Path.', 'More.']) {
      expect(
        sample.split('\n').some((line) => line.trim().startsWith('#') && line.endsWith(words)),
        words,
      ).to.equal(true)
    }
  })
})

describe('the man page items of settings', () => {
  it('name each setting with its default and its key in node.conf', () => {
    const items = renderManItems(SCHEMA)
    expect(items).to.include(
      '.It Va gather.seconds\nHow often.\nNot too often.\nDefault:\n.Ql "60" .\nIn\n.Pa node.conf :\n.Ev INTERVAL .\n',
    )
    expect(items).to.include('.It Va targets.*.port\n')
  })

  it('escape what troff would take for a request or an escape', () => {
    const items = renderManItems(SCHEMA)
    expect(items).to.include("\n\\&'Quoted' at its start.\n")
    expect(items).to.include('.Ql "\\(dqa \\e\\(dqb\\e\\(dq \\e\\e c\\(dq" .')
  })
})
