import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The file of a sibling program: `src/cli/<name>.ts` when we run from sources, `dist/cli/<name>.js` when built. */
export const programPath = (name: string): string =>
  fileURLToPath(new URL(`../cli/${name}${extname(import.meta.filename)}`, import.meta.url))

/** The folder that holds cartridges/, hooks/, etc/ and man/. */
export const packageDir = fileURLToPath(new URL('../..', import.meta.url))
