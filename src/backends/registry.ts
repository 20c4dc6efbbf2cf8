import { type Infer, kinds, mapOf, type Schema } from '../config/schema.ts'
import type { Backend, BackendParts } from './backend.ts'
import { file } from './file/file.ts'
import { statsd } from './statsd/statsd.ts'

/** Every way out of the bridge that has settings. To add one: its file, its line here, its test. */
export const backendKinds = [statsd, file] as const

type SchemasOf<T extends readonly { readonly schema: Schema }[]> = { [I in keyof T]: T[I]['schema'] }
const schemas = backendKinds.map(({ schema }) => schema) as unknown as SchemasOf<typeof backendKinds>

const backendSchema = kinds('kind', schemas)
export type BackendSettings = Infer<typeof backendSchema>

export const backendsSchema = mapOf(backendSchema, {
  default: {},
  doc: `Ways out, by a name of your choice, each with its kind (${backendKinds.map(({ kind }) => kind).join(', ')}) and what that takes: graphs: {kind: statsd, host: stats.example.com}.`,
})

export const createBackend = (name: string, settings: BackendSettings, parts: BackendParts): Backend =>
  backendKinds.find(({ kind }) => kind === settings.kind)!.create(name, settings as never, parts)
