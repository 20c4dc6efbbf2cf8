#!/usr/bin/env node
import './node-version.ts'
import './small-heap.ts'

const { runGatherProgram } = await import('../gatherd/main.ts')
process.exitCode = await runGatherProgram(process.argv)
