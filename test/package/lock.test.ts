import { readFileSync } from 'node:fs'
import { expect } from 'chai'

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>
  }

  // `npm ci` refuses a lock file without them, and npm leaves out what it cannot fetch while writing one
  it('names the packages of every platform', () => {
    for (const [place, { optionalDependencies = {} }] of Object.entries(packages)) {
      for (const name of Object.keys(optionalDependencies)) {
        const found = packages[`node_modules/${name}`] ?? packages[`${place}/node_modules/${name}`]
        expect(found, `${name}, wanted by ${place}`).not.to.equal(undefined)
      }
    }
  })

  it('pins the Node.js that runs the scripts by its hash, without an install script', () => {
    for (const architecture of ['x64', 'arm64']) {
      const node = packages[`node_modules/node-linux-${architecture}`]
      expect(node?.integrity, architecture).to.match(/^sha512-/)
      expect(node?.hasInstallScript, architecture).to.equal(undefined)
    }
  })

  it('names no registry', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.to.match(/"resolved": "http/)
  })
})
