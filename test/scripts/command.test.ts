import { expect } from 'chai'
import type { Script } from '../../src/node/gear.ts'
import { commandFor } from '../../src/scripts/command.ts'

const script: Script = {
  kind: 'cartridge',
  cart: 'php',
  path: '/home/aa11/php/bin/control',
  args: ['metrics'],
  cwd: '/home/aa11/php',
  environment: new Map([['OPENSHIFT_APP_NAME', "it's $(shop)"]]),
  declarations: new Map(),
}

describe('scripts/command', () => {
  it('as root: changes the user before any shell begins, with all groups of one who has a name', () => {
    const { file, args } = commandFor(script, { uid: 5001, gid: 5002, user: 'aa11' }, true)
    expect(file).to.equal('/usr/bin/setpriv')
    const options = args.slice(0, args.indexOf('/bin/sh'))
    expect(options).to.include.members(['--reuid=5001', '--regid=5002', '--init-groups', '--no-new-privs'])
    expect(options).to.include('--bounding-set=-all')
    expect(options).not.to.include('--clear-groups')
  })

  it('as root: leaves one without a name no group but its own', () => {
    const { args } = commandFor(script, { uid: 5001, gid: 5002 }, true)
    expect(args).to.include('--clear-groups').and.not.to.include('--init-groups')
  })

  it('without root: needs no setpriv', () => {
    expect(commandFor(script, { uid: 5001, gid: 5002 }, false).file).to.equal('/bin/sh')
  })

  it('gives the shell a fixed text; what a tenant chose stands behind it as arguments', () => {
    const { args } = commandFor(script, { uid: 5001, gid: 5002 }, false)
    const other = commandFor({ ...script, path: '/x;id', cwd: '/`id`', args: ['$(id)'] }, { uid: 1, gid: 1 }, false)
    expect(other.args.slice(0, 3)).to.deep.equal(args.slice(0, 3))
    expect(args.slice(3)).to.deep.equal(['/home/aa11/php', '/home/aa11/php/bin/control', 'metrics'])
    expect(other.args.slice(3)).to.deep.equal(['/`id`', '/x;id', '$(id)'])
  })

  it('starts with no variable under a name that a tenant chose, and no value in a text that a shell parses', () => {
    const { environment } = commandFor(script, { uid: 5001, gid: 5002 }, true)
    expect(Object.keys(environment)).to.deep.equal(['OO_GATHER_METRICS_SETUP', 'OO_GATHER_METRICS_0'])
    expect(environment.OO_GATHER_METRICS_0).to.equal("it's $(shop)")
    expect(environment.OO_GATHER_METRICS_SETUP).not.to.include('shop')
  })
})
