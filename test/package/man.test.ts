import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { need } from '../services/packages.ts'

const run = promisify(execFile)

describe('man pages', () => {
  for (const page of readdirSync('man')) {
    it(`${page} has nothing for mandoc to complain about`, async function () {
      this.timeout(120_000)
      const mandoc = await need('mandoc', 'mandoc')
      if (!mandoc.found) return this.skip()
      const { stdout } = await run(mandoc.path, ['-Tlint', `man/${page}`]).catch((failed: { stdout: string }) => failed)
      // whether the pages that it refers to are installed is not its fault
      expect(stdout.split('\n').filter((line) => line && !line.includes('referenced manual not found'))).to.deep.equal(
        [],
      )
    })

    it(`${page} names every option of its program`, async () => {
      const name = page.replace(/\.\d$/, '')
      const help = await run(process.execPath, [`src/cli/${name}.ts`, '--help'])
      const commands = [...help.stdout.matchAll(/^ {2}(?!-)([a-z]+)\b/gm)]
        .map(([, command]) => command!)
        .filter((word) => word !== 'help')
      const helps = await Promise.all(
        commands.map((command) => run(process.execPath, [`src/cli/${name}.ts`, command, '--help'])),
      )
      const options = [help, ...helps].flatMap(({ stdout }) =>
        [...stdout.matchAll(/--([a-z-]+)/g)].map(([, option]) => option!),
      )
      const text = readFileSync(`man/${page}`, 'utf8')
      for (const option of new Set(options)) expect(text, option).to.contain(`\\-${option}`)
      for (const command of commands) expect(text, command).to.match(new RegExp(`\\.(It )?Cm ${command}\\b`))
    })
  }
})
