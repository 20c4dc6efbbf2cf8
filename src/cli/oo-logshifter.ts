#!/usr/bin/env node
import './node-version.ts'

const { runShifter } = await import('../shifter/main.ts')
process.exitCode = await runShifter(process.argv.slice(2))
