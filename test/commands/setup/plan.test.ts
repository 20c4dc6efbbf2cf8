import { expect } from 'chai'
import fc from 'fast-check'
import {
  emptyRecord,
  type Found,
  planInstall,
  planRemove,
  type SetupRecord,
  type Step,
  sha256,
} from '../../../src/commands/setup/plan.ts'
import { formatRecord, parseRecord } from '../../../src/commands/setup/record.ts'

const RECORD = '/var/record.json'

/** A tree in memory: content by path, undefined for a directory. */
type Memory = Map<string, string | undefined>

const foundIn =
  (tree: Memory) =>
  (path: string): Found => {
    if (!tree.has(path)) return { kind: 'absent' }
    const content = tree.get(path)
    return content === undefined ? { kind: 'directory' } : { kind: 'file', sha256: sha256(content) }
  }

const applyTo = (tree: Memory, steps: readonly Step[]): void => {
  for (const { did, kind, path, content } of steps) {
    const isEmpty = ![...tree.keys()].some((other) => other.startsWith(`${path}/`))
    if (did === 'created' || did === 'updated') tree.set(path, kind === 'directory' ? undefined : content)
    else if (did === 'removed' && (kind === 'file' || isEmpty)) tree.delete(path)
  }
}

const install = (tree: Memory, wanted: ReadonlyMap<string, string>, record: SetupRecord): SetupRecord => {
  const files = [...wanted].map(([path, content]) => ({ path, content }))
  const plan = planInstall({ directories: [], files }, { found: foundIn(tree), record, recordPath: RECORD })
  applyTo(tree, plan.steps)
  return plan.record
}

const paths = fc.constantFrom('/etc/a', '/etc/d/b', '/etc/d/e/c', '/srv/x')
const contents = fc.constantFrom('one', 'two', 'three')
const packages = fc.dictionary(paths, contents).map((files) => new Map(Object.entries(files)))

describe('the plan of a setup', () => {
  it('undoes any row of setups exactly, whatever was there before', () => {
    fc.assert(
      fc.property(packages, fc.array(packages, { minLength: 1, maxLength: 4 }), (before, versions) => {
        const tree: Memory = new Map(before)
        for (const path of before.keys()) {
          const parts = path.split('/').slice(1, -1)
          for (const [index] of parts.entries()) tree.set(`/${parts.slice(0, index + 1).join('/')}`, undefined)
        }
        const original = new Map(tree)
        let record = emptyRecord
        for (const version of versions) record = install(tree, version, record)
        applyTo(tree, planRemove(record, foundIn(tree)))
        expect(tree).to.deep.equal(original)
      }),
    )
  })

  it('finds nothing to do the second time', () => {
    fc.assert(
      fc.property(packages, packages, (before, wanted) => {
        const tree: Memory = new Map(before)
        const record = install(tree, wanted, emptyRecord)
        const files = [...wanted].map(([path, content]) => ({ path, content }))
        const again = planInstall({ directories: [], files }, { found: foundIn(tree), record, recordPath: RECORD })
        expect(again.steps.filter(({ did }) => did !== 'unchanged' && did !== 'kept')).to.deep.equal([])
      }),
    )
  })

  it('is remembered word for word', () => {
    const record = install(new Map(), new Map([['/etc/d/b', 'one']]), emptyRecord)
    expect(parseRecord(formatRecord(record))).to.deep.equal(record)
  })
})
