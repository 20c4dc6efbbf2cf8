import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect } from 'chai'

/** A room imports only from rooms in earlier layers; ARCHITECTURE.md says what each is for. */
const LAYERS = [
  ['metric', 'errors', 'clock', 'probe', 'package-version'],
  ['event', 'contract', 'ledger'],
  ['signal'],
  ['config'],
  ['logger'],
  ['message', 'spool', 'clients', 'control'],
  ['host'],
  ['node'],
  ['scripts'],
  ['statsd', 'collectors', 'receivers', 'backends'],
  ['gather', 'relay', 'bridge', 'shifter'],
  ['api'],
  ['gatherd', 'bridged'],
  ['commands'],
  ['cli'],
]
const LEFT = ['node', 'scripts', 'statsd', 'collectors', 'gather', 'relay']
const RIGHT = ['receivers', 'backends', 'bridge', 'api']

/** The only files that may import a package: what surprises about it is noted there. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'node-cron': ['gather/schedule.ts', 'gather/cron-fault.ts'],
  execa: ['scripts/run.ts'],
  'syslog-client': ['relay/syslog.ts'],
  'js-yaml': ['config/yaml.ts'],
  // a second opinion in tests and benchmarks only; ARCHITECTURE.md says why
  pidusage: [],
  systeminformation: [],
  winston: ['logger.ts'],
  zod: ['config/schema.ts', 'config/settings-tree.ts'],
  fastify: ['api/server.ts'],
}

const roomOf = (file: string): string => file.split(/[/.]/)[0]!
const layerOf = (file: string): number => LAYERS.findIndex((rooms) => rooms.includes(roomOf(file)))
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
const specifiersOf = (file: string): string[] =>
  [...readFileSync(`src/${file}`, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier]) => specifier!,
  )
const importsOf = (file: string): string[] =>
  specifiersOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(file), specifier))

describe('architecture', () => {
  for (const file of sources) {
    it(`${file} looks only down`, () => {
      expect(layerOf(file), 'room missing from LAYERS').to.be.at.least(0)
      for (const target of importsOf(file)) {
        if (roomOf(target) !== roomOf(file)) expect(layerOf(target), target).to.be.below(layerOf(file))
      }
    })
  }

  it('keeps the two halves apart: only syslog joins them', () => {
    for (const file of sources) {
      const forbidden = LEFT.includes(roomOf(file)) ? RIGHT : RIGHT.includes(roomOf(file)) ? LEFT : []
      for (const target of importsOf(file))
        expect(forbidden, `${file} imports ${target}`).not.to.include(roomOf(target))
    }
  })

  it('lets each package in by one door', () => {
    for (const file of sources) {
      for (const specifier of specifiersOf(file)) {
        const doors = DOORS[specifier]
        if (doors) expect(doors, `${file} imports ${specifier}`).to.include(file)
      }
    }
  })
})
