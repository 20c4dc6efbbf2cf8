import { posix } from 'node:path'
import { type GearIdentity, type GearProblem, type GearSource, gearProblem, isGearId } from '../gear.ts'
import type { Passwd, PasswdEntry } from '../passwd.ts'
import type { GearSettings } from '../settings.ts'

/** OpenShift's own source: every user whose GECOS field equals one of the configured texts. Its id is the login name. */
export const passwdSource = (
  { gecos, cgroup }: Pick<GearSettings, 'gecos' | 'cgroup'>,
  passwd: () => Passwd,
): GearSource => ({
  name: 'passwd',
  async list() {
    const guests = passwd().entries.filter((entry) => gecos.includes(entry.gecos))
    const named = guests.filter(({ name }) => isGearId(name))
    return { gears: named.map((entry) => identityOf(entry, cgroup)), problems: guests.flatMap(faultOf) }
  },
})

const identityOf = ({ name, uid, gid, home }: PasswdEntry, cgroup: string): GearIdentity => ({
  id: name,
  source: 'passwd',
  user: name,
  uid,
  gid,
  home,
  cgroup: posix.join(cgroup, name),
  labels: new Map(),
  scripts: [],
})

const faultOf = ({ name }: PasswdEntry): GearProblem[] =>
  isGearId(name) ? [] : [gearProblem('id-invalid', { place: 'passwd', expected: 'the name of a gear', got: name })]
