import { readFileSync } from 'node:fs'

/** Version of this package; package.json stands one folder above both src/ and dist/. */
export const packageVersion = (): string => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
