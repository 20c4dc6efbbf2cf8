#!/usr/bin/env node
import './node-version.ts'

const { runBridgeProgram } = await import('../bridged/program.ts')
process.exitCode = await runBridgeProgram(process.argv)
