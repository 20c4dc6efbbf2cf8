import { describeProblem, type Problem } from '../errors.ts'
import { listerFor } from '../gatherd/gatherd.ts'
import type { Gear } from '../node/gear.ts'
import { type Context, nodeSettings } from './context.ts'
import { renderTable } from './table.ts'

/** `oo-metrics list`: every gear of the node, what would be run in it, and what is wrong. @returns exit status 0 */
export const list = async (context: Context): Promise<number> => {
  const { given, output, colour } = context
  const { gears, problems } = await listerFor(nodeSettings(context), context.confDir).list()
  if (given.json) {
    output.out(JSON.stringify({ gears: gears.map(describeGear), problems }, undefined, 2))
    return 0
  }
  for (const line of renderTable(HEADINGS, gears.map(rowOf), { colour })) output.out(line)
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

const describeGear = (gear: Gear) => ({
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
  scripts: gear.scripts.map(({ kind, cart, path, args, cwd, declarations }) => ({
    kind,
    cart,
    path,
    args,
    cwd,
    declares: [...declarations.keys()],
  })),
  problems: gear.problems,
})
