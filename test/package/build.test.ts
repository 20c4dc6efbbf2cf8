import { execFile } from 'node:child_process'
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { useTempDir } from '../support/temp.ts'

const run = promisify(execFile)

describe('what is published', () => {
  const dir = useTempDir()

  it('runs as compiled JavaScript, and says in one line when Node.js is too old', async function () {
    this.timeout(60_000)
    copyFileSync('package.json', join(dir(), 'package.json'))
    symlinkSync(resolve('node_modules'), join(dir(), 'node_modules'))
    await run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', join(dir(), 'dist')])
    const { bin, version } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      bin: Record<string, string>
      version: string
    }
    // stands for an old Node.js, which may not be here
    const old = join(dir(), 'old.mjs')
    writeFileSync(
      old,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })",
    )
    for (const [name, path] of Object.entries(bin)) {
      const file = join(dir(), path)
      expect((await run(process.execPath, [file, '--version'])).stdout, name).to.equal(`${version}\n`)
      const refused = (await run(process.execPath, ['--import', old, file]).catch((error: unknown) => error)) as {
        code: number
        stderr: string
      }
      expect(refused.code, name).to.equal(1)
      expect(refused.stderr).to.equal(`${name}: needs Node.js 22.22 or newer, this is 20.20.2\n`)
    }
  })

  it('holds the programs, samples, settings and manual, and neither sources nor a Node.js', async function () {
    this.timeout(60_000)
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])
    const answer = JSON.parse(stdout) as unknown
    const [packed] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as {
      files: { path: string }[]
    }[]
    const files = packed!.files.map(({ path }) => path)
    expect(files).to.include.members([
      'LICENSE',
      'README.md',
      'cartridges/nodejs/bin/control',
      'etc/oo-gather-metrics.yml',
      'etc/rsyslog.d/60-oo-metrics.conf',
      'hooks/metrics',
      'man/oo-metrics.1',
    ])
    expect(files.filter((path) => /^(src|test|\.runtime|node_modules)\//.test(path))).to.deep.equal([])
  })
})
