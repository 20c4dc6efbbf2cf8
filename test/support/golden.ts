import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'

/** Holds text against a file; `npm run test:update` writes the file instead, for its diff to be reviewed. */
export const expectGolden = (path: string, actual: string): void => {
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual)
  expect(existsSync(path), `${path} is missing: npm run test:update`).to.equal(true)
  expect(actual).to.equal(readFileSync(path, 'utf8'))
}
