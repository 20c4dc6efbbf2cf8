import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { file } from '../../../src/backends/file/file.ts'
import { createBackend } from '../../../src/backends/registry.ts'
import { systemClock } from '../../../src/clock.ts'
import { useTempDir } from '../../support/temp.ts'
import { behavesLikeABackend } from '../conformance.ts'
import { makeMetric } from '../make-metric.ts'

describe('file backend', () => {
  const directory = useTempDir()

  behavesLikeABackend(async () => {
    const own = mkdtempSync(join(tmpdir(), 'oo-test-'))
    const path = join(own, 'm.jsonl')
    const backend = createBackend('log', file.schema.parse({ kind: 'file', path }), { clock: systemClock })
    return {
      backend,
      arrived: async () => readFileSync(path, 'utf8'),
      async close() {
        await backend.close()
        rmSync(own, { recursive: true })
      },
    }
  })

  it('fails, for another attempt, when the file cannot be written', async () => {
    writeFileSync(join(directory(), 'a-file'), '')
    const backend = file.create(
      'log',
      file.schema.parse({ kind: 'file', path: join(directory(), 'a-file', 'm.jsonl') }),
    )
    const result = await backend.write([makeMetric()], new AbortController().signal)
    expect(result.status).to.equal('failed')
    await backend.close()
  })
})
