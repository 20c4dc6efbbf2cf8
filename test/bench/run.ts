import { readdirSync } from 'node:fs'

/** One benchmark: figures of our own beside something else, measured in the same run. */
export interface Bench {
  readonly name: string
  run(): Promise<{ readonly rows: readonly Row[] }>
}

interface Row {
  readonly what: string
  readonly perSecond: number
  /** Against what the benchmark names; absent for that itself. */
  readonly ratio?: number
}

/** `npm run bench [NAME …]`: runs test/bench/NAME.bench.ts, all of them without names. */
const wanted = process.argv.slice(2)
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.bench.ts'))
for (const file of files) {
  const name = file.replace('.bench.ts', '')
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { bench } = (await import(`./${file}`)) as { bench: Bench }
  console.log(bench.name)
  for (const { what, perSecond, ratio } of (await bench.run()).rows) {
    const beside = ratio === undefined ? '' : `  ${ratio.toFixed(2)} x`
    console.log(`  ${what.padEnd(60)} ${Math.round(perSecond).toLocaleString('en').padStart(12)} /s${beside}`)
  }
}
