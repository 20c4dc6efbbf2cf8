import { boolean, entry, type Infer, integer, literal, text } from '../../config/schema.ts'
import { BackendError, messageOf } from '../../errors.ts'
import type { Backend } from '../backend.ts'
import { only } from '../settings.ts'
import { encode } from './encode.ts'
import { createRollingFile } from './rolling-file.ts'

const schema = entry(
  {
    kind: literal('file'),
    path: text({
      default: '/var/log/oo-metrics/metrics.jsonl',
      pattern: /^\//,
      doc: 'Absolute path of the file. When it is renamed or removed, a new one is begun.',
    }),
    maxBytes: integer({ default: 100 * 1024 * 1024, min: 1024, doc: 'Size at which the file is rolled.' }),
    keep: integer({
      default: 5,
      min: 0,
      max: 1000,
      doc: 'How many rolled files are kept, as path.1 (the newest) and so on.',
    }),
    fsync: boolean({ default: false, doc: 'Wait for the disk after each batch.' }),
    only,
  },
  'A rolling file of JSON lines.',
)

export const file = {
  kind: 'file',
  schema,
  create(name: string, settings: Infer<typeof schema>): Backend {
    const rolling = createRollingFile(settings)
    return {
      name,
      target: `file:${settings.path}`,
      counters: 'totals',
      async write(batch) {
        try {
          await rolling.append(encode(batch))
          return { status: 'written' }
        } catch (thrown) {
          return { status: 'failed', error: new BackendError(messageOf(thrown), { cause: thrown }) }
        }
      },
      close: () => rolling.close(),
    }
  },
}
