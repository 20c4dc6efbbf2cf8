import { type GearIdentity, type GearProblem, type GearSource, gearProblem, isGearId } from '../gear.ts'
import type { Passwd } from '../passwd.ts'
import type { GearSettings } from '../settings.ts'
import type { Unit, UnitOwner, Units } from '../units.ts'

/**
 * Units of systemd that run now and match a configured name. They have no scripts; uid and gid are those of the oldest
 * process. The id is the unit's name, `.service` left out.
 */
export const systemdSource = (
  { systemd }: Pick<GearSettings, 'systemd'>,
  { findUnits, passwd }: { findUnits: () => Units | undefined; passwd: () => Passwd },
): GearSource => ({
  name: 'systemd',
  async list() {
    if (systemd.length === 0) return { gears: [], problems: [] }
    const found = findUnits()
    if (!found) return { gears: [], problems: [NO_SYSTEMD] }
    const users = passwd()
    const gears: GearIdentity[] = []
    for (const unit of found.units.filter(({ name }) => systemd.some((pattern) => matches(pattern, name)))) {
      const owner = found.ownerOf(unit)
      const id = unit.name.replace(/\.service$/, '')
      if (owner && isGearId(id)) gears.push(identityOf(id, unit, { ...owner, user: users.byUid(owner.uid)?.name }))
    }
    return { gears, problems: [] }
  },
})

const NO_SYSTEMD: GearProblem = gearProblem('source-unreadable', {
  place: 'gears.systemd',
  expected: 'a node that systemd runs',
  got: 'no system.slice among the cgroups',
})

const identityOf = (
  id: string,
  { cgroup }: Unit,
  { uid, gid, user }: UnitOwner & { user: string | undefined },
): GearIdentity => ({
  id,
  source: 'systemd',
  ...(user === undefined ? {} : { user }),
  uid,
  gid,
  cgroup,
  labels: new Map(),
  scripts: [],
})

/** `*` and `?` are wildcards; a pattern without a suffix means a service. */
const matches = (pattern: string, name: string): boolean => {
  const full = /\.(service|scope)$/.test(pattern) ? pattern : `${pattern}.service`
  const source = full
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&')))
    .join('')
  return new RegExp(`^${source}$`).test(name)
}
