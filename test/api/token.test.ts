import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { isToken, loadToken } from '../../src/api/token.ts'
import { useTempDir } from '../support/temp.ts'

describe('token of the API', () => {
  const directory = useTempDir()
  const path = (): string => join(directory(), 'state', 'api.token')

  it('is made at the first start, for nobody else to read, and stays the same', () => {
    const token = loadToken(path())
    expect(token).to.match(/^[0-9a-f]{64}$/)
    expect(statSync(path()).mode & 0o777).to.equal(0o600)
    expect(readFileSync(path(), 'utf8')).to.equal(`${token}\n`)
    expect(loadToken(path())).to.equal(token)
  })

  it('is another one each time', () => {
    expect(loadToken(join(directory(), 'a'))).not.to.equal(loadToken(join(directory(), 'b')))
  })

  it('is refused when others can read it', () => {
    loadToken(path())
    chmodSync(path(), 0o640)
    expect(() => loadToken(path())).to.throw(/expected mode 0600, got 0640/)
  })

  it('is refused when it is too short to be secret', () => {
    const file = join(directory(), 'short')
    writeFileSync(file, 'secret\n', { mode: 0o600 })
    expect(() => loadToken(file)).to.throw(/expected at least 32 characters, got 6/)
  })

  it('is not read through a link', () => {
    loadToken(path())
    symlinkSync(path(), join(directory(), 'link'))
    expect(() => loadToken(join(directory(), 'link'))).to.throw(/ELOOP/)
  })

  it('fits itself alone', () => {
    expect([isToken('abc', 'abc'), isToken('abd', 'abc'), isToken('', 'abc'), isToken('abcd', 'abc')]).to.deep.equal([
      true,
      false,
      false,
      false,
    ])
  })
})
