import { expect } from 'chai'
import type { GearIdentity } from '../../src/node/gear.ts'
import { refuseByUid, sharedUids, type UidRules } from '../../src/node/uid-rules.ts'

const gear = (id: string, uid: number, home = `/h/${id}`): GearIdentity => ({
  id,
  source: 'passwd',
  uid,
  gid: uid,
  home,
  labels: new Map(),
  scripts: [],
})
const bare = (id: string, uid: number): GearIdentity => {
  const { home: _, ...rest } = gear(id, uid)
  return rest
}
const ROOT: UidRules = { isRoot: true, ownUid: 0, minUid: 1000 }

describe('uid rules', () => {
  const cases: [name: string, gears: GearIdentity[], rules: UidRules, refused: Record<string, string>][] = [
    ['root may start a gear with a uid of its own', [gear('a', 1000), gear('b', 1001)], ROOT, {}],
    ['root starts nothing as root', [gear('a', 0)], ROOT, { a: 'uid-refused' }],
    ['root starts nothing as root, whatever the minimum', [gear('a', 0)], { ...ROOT, minUid: 0 }, { a: 'uid-refused' }],
    ['root starts nothing below the minimum', [gear('a', 999)], ROOT, { a: 'uid-refused' }],
    ["root starts nothing in root's group", [{ ...gear('a', 1000), gid: 0 }], ROOT, { a: 'uid-refused' }],
    ['what we start is known by that, whoever else has its uid', [gear('a', 1000), gear('b', 1000)], ROOT, {}],
    ['a bare unit has nothing to refuse', [bare('r', 0)], ROOT, {}],
    ['we start our own', [gear('a', 1000), gear('b', 1000)], { isRoot: false, ownUid: 1000, minUid: 1000 }, {}],
    ['we start our own, also with a low uid', [gear('a', 33)], { isRoot: false, ownUid: 33, minUid: 1000 }, {}],
    [
      "we start no one else's",
      [gear('a', 1000), gear('b', 0)],
      { isRoot: false, ownUid: 1001, minUid: 1000 },
      { a: 'not-own-user', b: 'not-own-user' },
    ],
  ]
  for (const [name, gears, rules, refused] of cases) {
    it(name, () => {
      const problems = [...refuseByUid(gears, rules)].map(([{ id }, { reason }]) => [id, reason])
      expect(Object.fromEntries(problems)).to.deep.equal(refused)
    })
  }

  it('tells of users of the platform that are two gears, as neither is proved by its uid', () => {
    const passwd = (id: string, uid: number): GearIdentity => ({ ...gear(id, uid), source: 'passwd' })
    const fromDirectory = { ...gear('d', 1001), source: 'directory' as const }
    const gears = [passwd('a', 1000), passwd('b', 1000), passwd('c', 1001), fromDirectory]
    expect(sharedUids(gears)).to.deep.equal([
      { reason: 'uid-shared', place: 'uid 1000', expected: 'one gear', got: 'a, b' },
    ])
  })
})
