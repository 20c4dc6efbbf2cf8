/** Stops `npm test` with one clear line where the running Node.js cannot run the project. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(
    `npm test needs Node.js 22.22 or newer, this is ${process.versions.node}; was npm ci run with --omit=optional?`,
  )
  process.exit(1)
}
