import { lstatSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type GearIdentity, type GearProblem, type GearSource, gearProblem, isGearId } from '../gear.ts'
import type { Passwd } from '../passwd.ts'
import type { GearSettings } from '../settings.ts'

/** What OpenShift keeps beside the homes; links and names with a leading dot are left out too. */
const NOT_HOMES = new Set(['lost+found', 'last_access.log'])

/** Every directory below a base is the home of a gear, which runs as the owner of that directory. */
export const directorySource = (
  { baseDir, cgroup }: Pick<GearSettings, 'baseDir' | 'cgroup'>,
  passwd: () => Passwd,
): GearSource => ({
  name: 'directory',
  async list() {
    const users = passwd()
    const gears: GearIdentity[] = []
    const problems: GearProblem[] = []
    for (const id of namesIn(baseDir)) {
      const home = join(baseDir, id)
      const stats = lstatSync(home, { throwIfNoEntry: false })
      if (!stats?.isDirectory()) continue
      const { uid, gid } = stats
      const user = users.byUid(uid)
      if (!isGearId(id))
        problems.push(gearProblem('id-invalid', { place: baseDir, expected: 'the name of a gear', got: id }))
      else
        gears.push({
          id,
          source: 'directory',
          ...(user === undefined ? {} : { user: user.name }),
          uid,
          // a home handed over by chown(1) alone still has root's group
          gid: gid || user?.gid || uid,
          home,
          cgroup: posix.join(cgroup, id),
          labels: new Map(),
          scripts: [],
        })
    }
    return { gears, problems }
  },
})

const namesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => !name.startsWith('.') && !NOT_HOMES.has(name))
    .sort()
