import type { Gear } from '../../src/node/gear.ts'

/** A gear for tests that need one but do not care which. */
export const makeGear = (id: string, changes: Partial<Gear> = {}): Gear => ({
  id,
  source: 'directory',
  uid: 1000,
  gid: 1000,
  state: 'started',
  labels: new Map([
    ['gear', id],
    ['app', `app-of-${id}`],
    ['appName', 'shop'],
    ['ns', 'acme'],
    ['node', 'n1'],
  ]),
  scripts: [],
  problems: [],
  ...changes,
})
