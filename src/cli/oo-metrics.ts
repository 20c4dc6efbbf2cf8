#!/usr/bin/env node
import './node-version.ts'

const { runProgram } = await import('../commands/program.ts')
process.exitCode = await runProgram(process.argv)
