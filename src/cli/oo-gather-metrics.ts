#!/usr/bin/env node
import './node-version.ts'

const { runGatherProgram } = await import('../gatherd/program.ts')
process.exitCode = await runGatherProgram(process.argv)
