import { type GearIdentity, type GearProblem, gearProblem } from './gear.ts'

export interface UidRules {
  readonly isRoot: boolean
  /** Whose uid this process has. */
  readonly ownUid: number
  readonly minUid: number
}

/** Whether there is anything in a gear that could be started; a bare unit only lies there to be measured. */
export const canHaveScripts = ({ home, scripts }: GearIdentity): boolean => home !== undefined || scripts.length > 0

/**
 * Decides for each gear whether its scripts may be started at all. As root: not with uid 0 or a low one, not with group 0,
 * and not where two gears share a uid, because then neither is proved by it. Else: only as ourselves, where there is nothing left to tell
 * apart.
 * @returns why not, by gear
 */
export const refuseByUid = (
  gears: readonly GearIdentity[],
  rules: UidRules,
): ReadonlyMap<GearIdentity, GearProblem> => {
  const able = gears.filter(canHaveScripts)
  const users = Map.groupBy(able, ({ uid }) => uid)
  return new Map(
    able.flatMap((gear) => {
      const problem = faultOf(gear, users.get(gear.uid)!, rules)
      return problem ? [[gear, problem] as const] : []
    }),
  )
}

const faultOf = (
  { id, home, uid, gid }: GearIdentity,
  sharing: readonly GearIdentity[],
  { isRoot, ownUid, minUid }: UidRules,
): GearProblem | undefined => {
  const place = home ?? `gear ${id}`
  if (!isRoot) {
    return uid === ownUid
      ? undefined
      : gearProblem('not-own-user', {
          place,
          expected: `uid ${ownUid}, as only root can become another`,
          got: String(uid),
        })
  }
  if (uid === 0 || uid < minUid) {
    return gearProblem('uid-refused', {
      place,
      expected: `a uid of at least ${minUid} (gears.minUid)`,
      got: String(uid),
    })
  }
  if (gid === 0) return gearProblem('uid-refused', { place, expected: "a group other than root's", got: 'gid 0' })
  if (sharing.length === 1) return undefined
  const others = sharing.filter((other) => other.id !== id).map((other) => other.id)
  return gearProblem('uid-shared', {
    place,
    expected: 'a uid of its own',
    got: `${uid}, shared with ${others.join(', ')}`,
  })
}
