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
 * Decides for each gear whether its scripts may be started at all. As root: not with uid 0 or a low one, not with group 0.
 * Else: only as ourselves.
 * @returns why not, by gear
 */
export const refuseByUid = (gears: readonly GearIdentity[], rules: UidRules): ReadonlyMap<GearIdentity, GearProblem> =>
  new Map(
    gears.filter(canHaveScripts).flatMap((gear) => {
      const problem = faultOf(gear, rules)
      return problem ? [[gear, problem] as const] : []
    }),
  )

/**
 * Users of the platform that are more than one gear. What we start is attributed by what we start, so their scripts run;
 * but neither gear is proved by the uid, and each can change the other's files.
 */
export const sharedUids = (gears: readonly GearIdentity[]): readonly GearProblem[] =>
  [
    ...Map.groupBy(
      gears.filter(({ source }) => source === 'passwd'),
      ({ uid }) => uid,
    ),
  ]
    .filter(([, sharing]) => sharing.length > 1)
    .map(([uid, sharing]) => {
      const got = sharing.map(({ id }) => id).join(', ')
      return gearProblem('uid-shared', { place: `uid ${uid}`, expected: 'one gear', got })
    })

const faultOf = (
  { id, home, uid, gid }: GearIdentity,
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
  if (gid !== 0) return undefined
  return gearProblem('uid-refused', { place, expected: "a group other than root's", got: 'gid 0' })
}
