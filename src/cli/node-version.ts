/**
 * Import this first, alone: it ends a program that a too old Node.js has started, with one line instead of a stack trace
 * from deep inside a package. Everything else is imported dynamically after it.
 */
const OLDEST: readonly [major: number, minor: number] = [22, 22]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  const program = (process.argv[1] ?? 'oo-metrics').replace(/^.*\//, '').replace(/\.[jt]s$/, '')
  process.stderr.write(`${program}: needs Node.js ${OLDEST.join('.')} or newer, this is ${process.versions.node}\n`)
  process.exit(1)
}
