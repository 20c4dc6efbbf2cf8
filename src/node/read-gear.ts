import { messageOf } from '../errors.ts'
import { type Gear, type GearIdentity, type GearProblem, type GearState, gearProblem } from './gear.ts'
import { type GearContext, namedScripts, type Reading, scriptsOf } from './gear-scripts.ts'
import { labelsOf, trustedVariables } from './metadata.ts'
import { type Tree, withTree } from './safe-files.ts'
import { hasStopLock, isFrozen, isInFlux, type RestReason, readState } from './state.ts'

/**
 * Looks into one gear. Never throws: what cannot be read is among its problems.
 * @param refusal why none of its scripts may be started
 */
export const readGear = (identity: GearIdentity, refusal: GearProblem | undefined, context: GearContext): Gear => {
  const problems: GearProblem[] = refusal ? [refusal] : []
  const reading: Reading = {
    identity,
    context,
    mayRun: refusal === undefined,
    report: (problem) => problems.push(problem),
  }
  const seen = identity.home === undefined ? readBare(reading) : readHome(identity.home, reading)
  return { ...identity, ...seen, problems }
}

type Seen = Pick<Gear, 'state' | 'resting' | 'labels' | 'scripts'>

const readHome = (home: string, reading: Reading): Seen => {
  try {
    return withTree(home, reading.identity, (tree) => readTree(tree, home, reading))
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const reason = code === 'ENOENT' || code === 'ENOTDIR' ? 'gear-vanished' : 'home-unreadable'
    // a home that is closed to us belongs to a gear of which that is said already
    if (reading.mayRun || reason === 'gear-vanished') {
      reading.report(gearProblem(reason, { place: home, expected: 'a home', got: code ?? messageOf(thrown) }))
    }
    return {
      state: 'unknown',
      labels: labels(reading, (variable) => reading.context.system.get(variable)),
      scripts: [],
    }
  }
}

const readTree = (tree: Tree, home: string, reading: Reading): Seen => {
  const { identity, context, mayRun, report } = reading
  const state = readState(tree)
  const resting = restReason(reading, state, () => hasStopLock(tree))
  const trusted = trustedVariables(tree, { identity, system: context.system, report })
  return {
    state,
    ...(resting === undefined ? {} : { resting }),
    labels: labels(reading, trusted),
    scripts: mayRun && resting === undefined ? scriptsOf(tree, home, reading) : [],
  }
}

/** A service without a home: there is only what the admin wrote. */
const readBare = (reading: Reading): Seen => {
  const { context, mayRun } = reading
  const resting = restReason(reading, 'started', () => false)
  return {
    state: 'started',
    ...(resting === undefined ? {} : { resting }),
    labels: labels(reading, (variable) => context.system.get(variable)),
    scripts: mayRun && resting === undefined ? namedScripts(reading, context.system) : [],
  }
}

const labels = (
  { identity, context, report }: Reading,
  trusted: (variable: string) => string | undefined,
): Gear['labels'] =>
  labelsOf(identity, { spec: context.settings.metadata, nodeName: context.nodeName, trusted, report })

const restReason = (
  { identity, context }: Reading,
  state: GearState,
  stopLock: () => boolean,
): RestReason | undefined => {
  const { settings, cgroupRoot } = context
  const tests: Readonly<Record<RestReason, () => boolean>> = {
    stopped: () => state === 'stopped',
    idle: () => state === 'idle',
    'stop-lock': stopLock,
    'in-flux': () => isInFlux(identity.id, { ...context, lockDir: settings.lockDir }),
    frozen: () => identity.cgroup !== undefined && isFrozen(cgroupRoot, identity.cgroup),
  }
  return settings.skip.find((reason) => tests[reason]())
}
