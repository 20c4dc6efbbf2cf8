import { describeProblem, messageOf, type Problem } from '../errors.ts'
import { listerFor } from '../gatherd/gatherd.ts'
import type { Gear } from '../node/gear.ts'
import { type Context, nodeSettings } from './context.ts'
import { askRuns, type Runs, renderTroubled } from './list/runs.ts'
import { renderTable } from './table.ts'

/**
 * `oo-metrics list`: every gear of the node, what would be run in it, and what is wrong; from a running daemon also how
 * its scripts fare. @returns exit status 0
 */
export const list = async (context: Context): Promise<number> => {
  const { given, output, colour } = context
  const settings = nodeSettings(context)
  const { gears, problems } = await listerFor(settings, context.confDir).list()
  const runs = await askRuns(settings.control).catch((thrown: unknown) => {
    output.err(messageOf(thrown))
    return undefined
  })
  if (given.json) {
    output.out(JSON.stringify({ gears: gears.map((gear) => describeGear(gear, runs)), problems }, undefined, 2))
    return 0
  }
  for (const line of renderTable(HEADINGS, gears.map(rowOf), { colour })) output.out(line)
  for (const line of renderTroubled(gears, runs, { colour })) output.out(line)
  for (const problem of [...problems, ...gears.flatMap((gear) => gear.problems)]) output.err(describe(problem))
  return 0
}

const HEADINGS = ['GEAR', 'SOURCE', 'USER', 'APP', 'STATE', 'SCRIPTS', 'PROBLEMS']

const rowOf = (gear: Gear): readonly string[] => [
  gear.id,
  gear.source,
  gear.user ?? String(gear.uid),
  gear.labels.get('app') ?? '',
  gear.resting ?? gear.state,
  gear.scripts.map((script) => script.cart ?? script.kind).join(' '),
  String(gear.problems.length),
]

const describe = (problem: Problem & { readonly reason: string }): string =>
  `${problem.reason}: ${describeProblem(problem)}`

const describeGear = (gear: Gear, runs: Runs | undefined) => ({
  id: gear.id,
  source: gear.source,
  user: gear.user,
  uid: gear.uid,
  gid: gear.gid,
  home: gear.home,
  cgroup: gear.cgroup,
  state: gear.state,
  resting: gear.resting,
  labels: Object.fromEntries(gear.labels),
  // the environment may hold secrets
  scripts: gear.scripts.map((script) => ({
    kind: script.kind,
    cart: script.cart,
    path: script.path,
    args: script.args,
    cwd: script.cwd,
    declares: [...script.declarations.keys()],
    ...runs?.of(gear, script),
  })),
  problems: gear.problems,
})
