import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

interface Package {
  readonly bin: Readonly<Record<string, string>>
  readonly man: readonly string[]
  readonly engines: { readonly node: string }
}

describe('the package', () => {
  const { bin, man, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as Package
  const programs = Object.keys(bin).sort()

  it('has one file in src/cli and one man page for each program', () => {
    const files = readdirSync('src/cli')
      .filter((name) => name.startsWith('oo-'))
      .map((name) => name.replace(/\.ts$/, ''))
    expect(files.sort()).to.deep.equal(programs)
    expect(man.map((path) => path.replace(/^man\/(.*)\.\d$/, '$1')).sort()).to.deep.equal(programs)
    expect(Object.entries(bin).every(([name, path]) => path === `dist/cli/${name}.js`)).to.equal(true)
  })

  it('lists every man page there is', () => {
    expect(
      readdirSync('man')
        .map((name) => `man/${name}`)
        .sort(),
    ).to.deep.equal([...man].sort())
  })

  it('checks for the same Node.js in each program as it asks for', () => {
    const oldest = /OLDEST[^=]*= \[(\d+), (\d+)\]/.exec(readFileSync('src/cli/node-version.ts', 'utf8'))
    expect(engines.node).to.equal(`>=${oldest?.[1]}.${oldest?.[2]}`)
    for (const program of programs) {
      const [, first] = readFileSync(`src/cli/${program}.ts`, 'utf8').split('\n')
      expect(first, program).to.equal("import './node-version.ts'")
    }
  })
})
